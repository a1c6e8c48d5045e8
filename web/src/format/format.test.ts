import { describe, expect, it, vi } from "vitest";
import { axisTicks, formatDuration, formatTick } from "./durations";
import { formatBytes, formatCompact, formatCost, formatExactCost, plural } from "./numbers";
import { formatAgo, formatExactTime, formatTime, fromLocalInput, toLocalInput, toMicros } from "./times";
import { orderedUsage, totalUsage, usageLabel } from "./usage";

describe("numbers", () => {
  it.each([
    [0, "0"],
    [999, "999"],
    [1000, "1k"],
    [12_345, "12.3k"],
    [999_499, "999k"],
    [999_999, "1M"],
    [1_550_000, "1.55M"],
    [-2500, "-2.5k"],
  ])("shortens %d to %s", (value, text) => {
    expect(formatCompact(value)).toBe(text);
  });

  it.each([
    [null, "–"],
    [0, "$0"],
    [2.8e-7, "<$0.000001"],
    [0.000042, "$0.000042"],
    [0.0123, "$0.0123"],
    [0.02, "$0.02"],
    [0.999, "$1.00"],
    [1.266, "$1.27"],
    [1234.4, "$1,234"],
    [-0.5, "-$0.50"],
  ])("writes %d dollars as %s", (usd, text) => {
    expect(formatCost(usd)).toBe(text);
  });

  it("keeps every digit of an exact cost", () => {
    expect(formatExactCost(0.00000028)).toBe("$0.00000028");
  });

  it("counts bytes in decimal units", () => {
    expect([812, 12_400, 999_600, 1_050_000].map(formatBytes)).toEqual(["812 B", "12.4 kB", "1 MB", "1.05 MB"]);
  });

  it("uses the singular for one", () => {
    expect([plural(1, "trace"), plural(2000, "trace"), plural(0, "entry", "entries")]).toEqual([
      "1 trace",
      "2,000 traces",
      "0 entries",
    ]);
  });
});

describe("durations", () => {
  it.each([
    [null, "–"],
    [0, "0 ms"],
    [0.00042, "420 µs"],
    [0.0123, "12.3 ms"],
    [0.85, "850 ms"],
    [0.9996, "1.00 s"],
    [12.44, "12.4 s"],
    [59.97, "1 m 00 s"],
    [125, "2 m 05 s"],
    [3 * 3600 + 7 * 60, "3 h 07 m"],
    [52 * 3600, "2 d 4 h"],
    [-1.5, "-1.50 s"],
  ])("writes %d seconds as %s", (seconds, text) => {
    expect(formatDuration(seconds)).toBe(text);
  });

  it("puts ticks where people count", () => {
    expect(axisTicks(6.06, 4)).toEqual([0, 2, 4, 6]);
    expect(axisTicks(100, 4)).toEqual([0, 30, 60, 90]);
    expect(axisTicks(0, 4)).toEqual([0]);
    expect(axisTicks(10 * 86_400, 4).length).toBeLessThanOrEqual(5);
  });

  it("leaves out digits that say nothing", () => {
    expect([0, 2, 2.5, 60, 90, 7200].map(formatTick)).toEqual(["0", "2 s", "2.5 s", "1 m", "1 m 30 s", "2 h"]);
  });
});

describe("times", () => {
  it("keeps microseconds that a date would lose", () => {
    expect(toMicros("2026-02-14T10:00:00.123456Z") % 1_000_000).toBe(123_456);
    expect(toMicros("2026-02-14T10:00:00Z") % 1_000_000).toBe(0);
    expect(toMicros("2026-02-14T10:00:00.5Z") % 1_000_000).toBe(500_000);
  });

  it("says the day only when it is another one", () => {
    const now = new Date(2026, 1, 14, 12);
    expect(formatTime(new Date(2026, 1, 14, 9, 5, 7).toISOString(), now)).toBe("09:05:07");
    expect(formatTime(new Date(2026, 1, 3, 9, 5, 7).toISOString(), now)).toBe("3 Feb 09:05:07");
    expect(formatTime(new Date(2025, 11, 31, 9).toISOString(), now)).toBe("31 Dec 2025");
  });

  it("shows what is not a time as it is", () => {
    expect([formatTime("soon"), formatExactTime("soon")]).toEqual(["soon", "soon"]);
  });

  it("shows zone and microseconds in the exact form", () => {
    const exact = formatExactTime("2026-02-14T10:00:00.123456Z");
    expect(exact).toMatch(/\.123456 UTC[+-]\d\d:\d\d\n2026-02-14T10:00:00\.123456Z$/);
  });

  it("returns from a local field the moment that went in", () => {
    const iso = new Date(2026, 1, 14, 10, 30).toISOString();
    expect(fromLocalInput(toLocalInput(iso))).toBe(iso);
    expect(fromLocalInput("")).toBeNull();
  });

  it("says how long ago", () => {
    vi.setSystemTime("2026-02-14T12:00:00Z");
    const texts = ["2026-02-14T11:59:50Z", "2026-02-14T11:56:00Z", "2026-02-14T09:00:00Z", "2026-02-09T12:00:00Z"];
    expect(texts.map((iso) => formatAgo(iso))).toEqual(["just now", "4 min ago", "3 h ago", "5 d ago"]);
    vi.useRealTimers();
  });
});

describe("usage", () => {
  it("believes the source's own total, then its sides, then all keys", () => {
    expect(totalUsage({ input: 1, output: 2, total: 5 })).toBe(5);
    expect(totalUsage({ input: 1, output: 2, input_cached_tokens: 9 })).toBe(3);
    expect(totalUsage({ characters: 7 })).toBe(7);
    expect(totalUsage({})).toBeNull();
  });

  it("puts parts behind their whole", () => {
    const keys = orderedUsage({ total: 0, output_reasoning: 0, output: 0, input_cached: 0, input: 0 }).map(
      ([key]) => key,
    );
    expect(keys).toEqual(["input", "input_cached", "output", "output_reasoning", "total"]);
  });

  it("reads keys as words", () => {
    expect(usageLabel("cache_read.input_tokens")).toBe("Cache read input tokens");
  });
});
