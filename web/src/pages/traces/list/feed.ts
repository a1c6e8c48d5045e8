/** How newly arrived traces join the pages that are already shown. Pure. */

import type { InfiniteData } from "@tanstack/react-query";
import type { Page, TraceItem } from "@/api/types";

export type Feed = InfiniteData<Page<TraceItem>, unknown>;

export interface Merge {
  feed: Feed;
  /** Ids of traces that were not there before. */
  arrived: string[];
}

function newestFirst(one: TraceItem, other: TraceItem): number {
  return other.timestamp.localeCompare(one.timestamp);
}

function knownIds(feed: Feed): Set<string> {
  return new Set(feed.pages.flatMap((page) => page.items.map((item) => item.id)));
}

export function findArrived(feed: Feed, newest: Page<TraceItem>): string[] {
  const known = knownIds(feed);
  return newest.items.filter((item) => !known.has(item.id)).map((item) => item.id);
}

/**
 * Put the newest page on top of the feed: unknown traces are added, known ones take their new state where they stand.
 * When nothing of the newest page is known, there may be a gap below it; the feed then starts again from that page,
 * because a list with a silent hole would be a lie.
 */
export function mergeNewest(feed: Feed, newest: Page<TraceItem>): Merge {
  const arrived = findArrived(feed, newest);
  const isGap = arrived.length === newest.items.length && newest.next_cursor !== null;
  if (isGap || feed.pages.length === 0) return { feed: { pages: [newest], pageParams: [null] }, arrived };
  const current = new Map(newest.items.map((item) => [item.id, item]));
  const isNew = new Set(arrived);
  const pages = feed.pages.map((page, index) => {
    const items = page.items.map((item) => current.get(item.id) ?? item);
    if (index > 0) return { ...page, items };
    const added = newest.items.filter((item) => isNew.has(item.id));
    return { ...page, items: [...added, ...items].sort(newestFirst) };
  });
  return { feed: { ...feed, pages }, arrived };
}

/** All rows, each once: a trace whose time moved between two requests may be in two pages. */
export function flattenFeed(feed: Feed | undefined): TraceItem[] {
  const rows = new Map<string, TraceItem>();
  for (const page of feed?.pages ?? []) {
    for (const item of page.items) if (!rows.has(item.id)) rows.set(item.id, item);
  }
  return [...rows.values()];
}
