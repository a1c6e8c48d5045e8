/** Token counts of an observation or a trace, whatever keys its source used. */

export type Usage = Record<string, number>;

/** Total units: the source's own total, else what went in and came out, else the sum of all keys. */
export function totalUsage(usage: Usage): number | null {
  if (usage["total"] !== undefined) return usage["total"];
  const sides = [usage["input"], usage["output"]].filter((value) => value !== undefined);
  if (sides.length > 0) return sides.reduce((sum, value) => sum + value, 0);
  const all = Object.values(usage);
  return all.length > 0 ? all.reduce((sum, value) => sum + value, 0) : null;
}

const RANK: Record<string, number> = { input: 0, output: 2, total: 4 };

function rank(key: string): number {
  return RANK[key] ?? (key.includes("output") || key.includes("reasoning") ? 3 : key.includes("input") ? 1 : 1.5);
}

/** Keys in the order of reading: input and its parts, output and its parts, total. */
export function orderedUsage<Value>(usage: Record<string, Value>): [string, Value][] {
  return Object.entries(usage).sort(([one], [other]) => rank(one) - rank(other) || one.localeCompare(other));
}

/** `cache_read_input_tokens` → `Cache read input tokens`. */
export function usageLabel(key: string): string {
  const words = key.replaceAll(/[_.]+/g, " ").trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}
