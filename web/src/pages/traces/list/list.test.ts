import { describe, expect, it } from "vitest";
import { parseSearch, pickSearch, stringifySearch } from "@/app/search";
import { readablePreview } from "./columns";
import { rangeLabel } from "./RangePicker";
import { canBeLive, isNarrowed, LIST_SEARCH, toListKey } from "./search";

describe("the query string", () => {
  it.each(["1234567890123456789", "12e34", "true", "null", '"x"', "a&b=c", "日本", "a+b c"])(
    "returns the id %s as it went in",
    (observation) => {
      expect(parseSearch(stringifySearch({ observation }))).toEqual({ observation });
    },
  );

  it("drops what is empty or unknown", () => {
    expect(stringifySearch({ q: "", level: undefined })).toBe("");
    expect(pickSearch({ q: "x", evil: "y", tag: "" }, LIST_SEARCH)).toEqual({ q: "x" });
  });
});

describe("toListKey", () => {
  it("names filters in the words of the server", () => {
    const key = toListKey("p", {
      q: "x",
      user: "ada",
      session: "s",
      level: "ERROR",
      tag: "t",
      environment: "e",
      name: "n",
    });
    expect(key.filter).toEqual({
      search: "x",
      user_id: "ada",
      session_id: "s",
      level: "ERROR",
      tag: "t",
      environment: "e",
      name: "n",
    });
  });

  it("prefers a named range over two moments, and ignores an unknown one", () => {
    const moments = { since: "2026-01-01T00:00:00.000Z", until: "2026-01-02T00:00:00.000Z" };
    expect(toListKey("p", { ...moments, range: "1h" })).toMatchObject({ windowSeconds: 3600, filter: {} });
    expect(toListKey("p", { ...moments, range: "never" })).toMatchObject({ windowSeconds: null, filter: moments });
  });

  it("knows a narrowed list from the whole one", () => {
    expect([isNarrowed(toListKey("p", { live: "off" })), isNarrowed(toListKey("p", { range: "1h" }))]).toEqual([
      false,
      true,
    ]);
  });

  it("is live unless the range ends", () => {
    expect([canBeLive({}), canBeLive({ range: "1h" }), canBeLive({ until: "2026-01-01T00:00:00Z" })]).toEqual([
      true,
      true,
      false,
    ]);
  });

  it("says the range", () => {
    expect([rangeLabel({}), rangeLabel({ range: "7d" })]).toEqual(["Any time", "Last 7 days"]);
    expect(rangeLabel({ since: "2020-01-01T12:00:00Z" })).toMatch(/^Since 1 Jan 2020/);
  });
});

describe("readablePreview", () => {
  it.each([
    ["plain **text**", "plain text"],
    ['[{"role": "user", "content": "Hello\\nthere"}, {"role": "ass', "Hello there"],
    ['{"question": "Where is \\"it\\"?", "k": 3}', 'Where is "it"?'],
    ['"quoted"', "quoted"],
    ['"cut in the mid', "cut in the mid"],
    ['{"order": 7}', '{"order": 7}'],
    ['{"content": ""}', '{"content": ""}'],
    ["- a list", "a list"],
  ])("reads %j as %j", (text, shown) => {
    expect(readablePreview(text)).toBe(shown);
  });
});
