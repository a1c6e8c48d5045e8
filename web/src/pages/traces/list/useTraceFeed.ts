/** The rows of a list of traces: pages that were asked for, and, while live, what arrived since. */

import { useInfiniteQuery, useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo, useState } from "react";
import { newestTracesQuery, type TraceListKey, tracesQuery } from "@/api/queries";
import { findArrived, flattenFeed, mergeNewest } from "./feed";

export const LIVE_INTERVAL_MS = 2000;

interface FeedOptions {
  isLive: boolean;
  /** False while the reader has scrolled away: rows then wait, so that nothing moves under the eyes. */
  mayInsert: boolean;
}

export function useTraceFeed(key: TraceListKey, { isLive, mayInsert }: FeedOptions) {
  const queryClient = useQueryClient();
  const pages = useInfiniteQuery(tracesQuery(key));
  const newest = useQuery({ ...newestTracesQuery(key, LIVE_INTERVAL_MS), enabled: isLive && pages.isSuccess });
  const [arrived, setArrived] = useState<ReadonlySet<string>>(new Set());

  const waiting = useMemo(() => {
    return pages.data && newest.data ? findArrived(pages.data, newest.data).length : 0;
  }, [pages.data, newest.data]);

  const insert = useCallback(() => {
    const { queryKey } = tracesQuery(key);
    const feed = queryClient.getQueryData(queryKey);
    if (!feed || !newest.data) return;
    const merge = mergeNewest(feed, newest.data);
    queryClient.setQueryData(queryKey, merge.feed);
    if (merge.arrived.length > 0) setArrived(new Set(merge.arrived));
  }, [key, newest.data, queryClient]);

  useEffect(() => {
    if (mayInsert) insert();
  }, [mayInsert, insert]);

  const rows = useMemo(() => flattenFeed(pages.data), [pages.data]);
  return { pages, rows, arrived, waiting: mayInsert ? 0 : waiting, insert, liveError: newest.error };
}
