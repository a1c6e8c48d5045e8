/** Scores as text and as shares: one place for how a judgement reads. */

import type { ScoreItem, ScoreSummary } from "@/api/types";
import { formatNumber, NONE } from "./numbers";

/** An average with four significant digits, because more are noise; of truth values the share of the true ones. */
export function formatMean({ mean, data_type }: Pick<ScoreSummary, "mean" | "data_type">): string {
  if (mean === null) return NONE;
  if (data_type === "BOOLEAN") return `${formatNumber(Number((mean * 100).toPrecision(3)))} %`;
  return formatNumber(Number(mean.toPrecision(4)));
}

export function formatScoreValue(score: Pick<ScoreItem, "value">): string {
  const { value } = score;
  if (value === null || value === "") return NONE;
  return typeof value === "number" ? formatNumber(value) : String(value);
}

export interface ValueShare {
  value: string;
  count: number;
  /** Of all scores of the name, 0 to 1. */
  share: number;
}

/** Values by how often they occur, then by alphabet; those after the first `most` together as one. */
export function valueShares(summary: ScoreSummary, most: number): ValueShare[] {
  const entries = Object.entries(summary.values).sort(
    ([one, ones], [other, others]) => others - ones || one.localeCompare(other),
  );
  const total = Math.max(
    1,
    entries.reduce((sum, [, count]) => sum + count, 0),
  );
  const shown = entries.length > most ? entries.slice(0, most - 1) : entries;
  const rest = entries.slice(shown.length);
  const shares = shown.map(([value, count]) => ({ value, count, share: count / total }));
  if (rest.length === 0) return shares;
  const count = rest.reduce((sum, [, one]) => sum + one, 0);
  return [...shares, { value: `${rest.length} others`, count, share: count / total }];
}
