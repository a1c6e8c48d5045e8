import { describe, expect, it } from "vitest";
import type { ScoreSummary } from "@/api/types";
import { formatMean, formatScoreValue, valueShares } from "./scores";

function summary(values: Record<string, number>): ScoreSummary {
  return { name: "tone", data_type: "CATEGORICAL", count: 0, mean: null, values };
}

describe("scores", () => {
  it("round an average to what tells apart", () => {
    const means = [0.5, 1, 2 / 3, 1234.5678, 0, null].map((mean) => formatMean({ mean, data_type: "NUMERIC" }));
    expect(means).toEqual(["0.5", "1", "0.6667", "1,235", "0", "–"]);
  });

  it("tell truth values as the share of the true ones", () => {
    const means = [0, 1, 2 / 3, 0.0625].map((mean) => formatMean({ mean, data_type: "BOOLEAN" }));
    expect(means).toEqual(["0 %", "100 %", "66.7 %", "6.25 %"]);
  });

  it("read as number, truth value or word", () => {
    const values = [0.25, 0, true, false, "kind", "", null];
    expect(values.map((value) => formatScoreValue({ value }))).toEqual([
      "0.25",
      "0",
      "true",
      "false",
      "kind",
      "–",
      "–",
    ]);
  });

  it("count their values, the most frequent first", () => {
    expect(valueShares(summary({ rude: 1, kind: 2, able: 1 }), 4)).toEqual([
      { value: "kind", count: 2, share: 0.5 },
      { value: "able", count: 1, share: 0.25 },
      { value: "rude", count: 1, share: 0.25 },
    ]);
    expect(valueShares(summary({}), 4)).toEqual([]);
  });

  it("join rare values", () => {
    const shares = valueShares(summary({ a: 5, b: 2, c: 1, d: 1, e: 1 }), 3);
    expect(shares.map(({ value, count }) => [value, count])).toEqual([
      ["a", 5],
      ["b", 2],
      ["3 others", 3],
    ]);
    expect(shares.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1);
  });
});
