/** What the URL of a list of traces says, and what is asked of the server for it. */

import type { TraceListKey } from "@/api/queries";
import { LEVELS } from "@/api/types";

export const LIST_SEARCH = [
  "q",
  "range",
  "since",
  "until",
  "name",
  "user",
  "session",
  "environment",
  "level",
  "tag",
  "live",
] as const;

export type ListSearch = Partial<Record<(typeof LIST_SEARCH)[number], string>>;

export interface FilterField {
  key: "name" | "user" | "session" | "environment" | "level" | "tag";
  parameter: "name" | "user_id" | "session_id" | "environment" | "level" | "tag";
  label: string;
  /** The values there can be; without it any text is one. */
  values?: readonly string[];
}

/** Everything a list can be filtered by, in the order of the menu. A new filter is one row here. */
export const FILTERS: readonly FilterField[] = [
  { key: "name", parameter: "name", label: "Name" },
  { key: "level", parameter: "level", label: "Level", values: LEVELS.toReversed() },
  { key: "environment", parameter: "environment", label: "Environment" },
  { key: "user", parameter: "user_id", label: "User" },
  { key: "session", parameter: "session_id", label: "Session" },
  { key: "tag", parameter: "tag", label: "Tag" },
];

export interface RangePreset {
  value: string;
  label: string;
  seconds: number;
}

export const RANGES: readonly RangePreset[] = [
  { value: "15m", label: "Last 15 minutes", seconds: 15 * 60 },
  { value: "1h", label: "Last hour", seconds: 3600 },
  { value: "6h", label: "Last 6 hours", seconds: 6 * 3600 },
  { value: "24h", label: "Last 24 hours", seconds: 24 * 3600 },
  { value: "7d", label: "Last 7 days", seconds: 7 * 86_400 },
  { value: "30d", label: "Last 30 days", seconds: 30 * 86_400 },
  { value: "90d", label: "Last 90 days", seconds: 90 * 86_400 },
];

export function toListKey(projectId: string, search: ListSearch): TraceListKey {
  const filter: TraceListKey["filter"] = {};
  if (search.q) filter.search = search.q;
  for (const { key, parameter } of FILTERS) {
    const value = search[key];
    if (value) filter[parameter] = value;
  }
  const preset = RANGES.find((range) => range.value === search.range);
  if (!preset && search.since) filter.since = search.since;
  if (!preset && search.until) filter.until = search.until;
  return { projectId, filter, windowSeconds: preset?.seconds ?? null };
}

export function isNarrowed(key: TraceListKey): boolean {
  return key.windowSeconds !== null || Object.keys(key.filter).length > 0;
}

/** A list that ends in the past cannot have new rows. */
export function canBeLive(search: ListSearch): boolean {
  return !search.until || RANGES.some((range) => range.value === search.range);
}
