/** What is asked, under which key it is kept, and for how long. Pages use these and never call the client for reads. */

import { infiniteQueryOptions, keepPreviousData, QueryClient, queryOptions } from "@tanstack/react-query";
import * as client from "./client";
import { ApiError } from "./client";
import type { TraceFilter } from "./types";

export const PAGE_SIZE = 50;

/** A refusal will not change by asking again; a lost connection or an overloaded server may. */
function shouldRetry(failures: number, error: Error): boolean {
  const isPassing = error instanceof ApiError && (error.status === 0 || error.status === 503 || error.status === 502);
  return isPassing && failures < 2;
}

export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: { retry: shouldRetry, staleTime: 10_000, gcTime: 5 * 60_000, refetchOnWindowFocus: false },
    },
  });
}

export const meQuery = queryOptions({
  queryKey: ["me"],
  queryFn: ({ signal }) => client.getMe(signal),
  staleTime: 5 * 60_000,
});

/**
 * The filter of a list plus how to find its time window. A relative window ("last hour") is computed anew for every
 * request, so it is a name in the key and never a moment.
 */
export interface TraceListKey {
  projectId: string;
  filter: TraceFilter;
  /** Width of a relative window, counted back from now. */
  windowSeconds: number | null;
}

function resolve({ filter, windowSeconds }: TraceListKey): TraceFilter {
  if (windowSeconds === null) return filter;
  return { ...filter, since: new Date(Date.now() - windowSeconds * 1000).toISOString() };
}

export function tracesQuery(key: TraceListKey) {
  return infiniteQueryOptions({
    queryKey: ["traces", key],
    queryFn: ({ pageParam, signal }) =>
      client.listTraces(key.projectId, resolve(key), { cursor: pageParam, limit: PAGE_SIZE }, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    staleTime: 5_000,
  });
}

/** The newest page alone, asked again and again while a list is live. */
export function newestTracesQuery(key: TraceListKey, intervalMs: number) {
  return queryOptions({
    queryKey: ["newest-traces", key],
    queryFn: ({ signal }) => client.listTraces(key.projectId, resolve(key), { limit: PAGE_SIZE }, signal),
    refetchInterval: intervalMs,
    refetchIntervalInBackground: false,
    staleTime: 0,
    gcTime: 0,
    retry: false,
  });
}

export function traceQuery(projectId: string, id: string) {
  return queryOptions({
    queryKey: ["trace", projectId, id],
    queryFn: ({ signal }) => client.getTrace(projectId, id, signal),
  });
}

export function observationQuery(projectId: string, traceId: string, id: string) {
  return queryOptions({
    queryKey: ["observation", projectId, traceId, id],
    queryFn: ({ signal }) => client.getObservation(projectId, traceId, id, signal),
    staleTime: 30_000,
    // Payloads can be megabytes each: keep those just looked at, not all that were ever opened.
    gcTime: 60_000,
  });
}

export function sessionQuery(projectId: string, id: string) {
  return infiniteQueryOptions({
    queryKey: ["session", projectId, id],
    queryFn: ({ pageParam, signal }) =>
      client.getSession(projectId, id, { cursor: pageParam, limit: PAGE_SIZE }, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
  });
}

/** Find which of the viewer's projects holds a trace; the short links of older clients do not say. */
export function traceProjectQuery(projectIds: string[], traceId: string) {
  return queryOptions({
    queryKey: ["trace-project", projectIds, traceId],
    queryFn: async ({ signal }): Promise<string | null> => {
      for (const projectId of projectIds) {
        try {
          await client.getTrace(projectId, traceId, signal);
          return projectId;
        } catch (error) {
          if (!(error instanceof ApiError) || error.status !== 404) throw error;
        }
      }
      return null;
    },
    staleTime: 5 * 60_000,
  });
}

const FIRST_PART = null as string | null;
const RUNS_AT_ONCE = 20;
const ITEMS_AT_ONCE = 50;

export function datasetsQuery(projectId: string) {
  return infiniteQueryOptions({
    queryKey: ["datasets", projectId],
    queryFn: ({ pageParam, signal }) =>
      client.listDatasets(projectId, { after: pageParam, limit: PAGE_SIZE * 2 }, signal),
    initialPageParam: FIRST_PART,
    getNextPageParam: (page) => page.next_after,
  });
}

export function datasetQuery(projectId: string, id: string) {
  return infiniteQueryOptions({
    queryKey: ["dataset", projectId, id],
    queryFn: ({ pageParam, signal }) =>
      client.getDataset(projectId, id, { after: pageParam, limit: RUNS_AT_ONCE }, signal),
    initialPageParam: FIRST_PART,
    getNextPageParam: (page) => page.next_after,
  });
}

export function runQuery(projectId: string, id: string) {
  return infiniteQueryOptions({
    queryKey: ["run", projectId, id],
    queryFn: ({ pageParam, signal }) =>
      client.getRun(projectId, id, { after: pageParam, limit: ITEMS_AT_ONCE }, signal),
    initialPageParam: FIRST_PART,
    getNextPageParam: (page) => page.next_after,
    staleTime: 30_000,
  });
}

/** An item with its whole payloads, which a page of items may have cut. */
export function runItemQuery(projectId: string, runId: string, id: string) {
  return queryOptions({
    queryKey: ["run-item", projectId, runId, id],
    queryFn: ({ signal }) => client.getRunItem(projectId, runId, id, signal),
    staleTime: 30_000,
    gcTime: 60_000,
  });
}

export function promptsQuery(projectId: string, filter: client.PromptFilter) {
  return infiniteQueryOptions({
    queryKey: ["prompts", projectId, filter],
    queryFn: ({ pageParam, signal }) =>
      client.listPrompts(projectId, filter, { page: pageParam, limit: PAGE_SIZE * 2 }, signal),
    initialPageParam: 1,
    getNextPageParam: (page, pages) => {
      const known = pages.reduce((sum, { items }) => sum + items.length, 0);
      return page.items.length > 0 && known < page.total ? pages.length + 1 : null;
    },
    placeholderData: keepPreviousData,
  });
}

export function promptQuery(projectId: string, name: string, which: { version?: string; label?: string }) {
  return queryOptions({
    queryKey: ["prompt", projectId, name, which],
    queryFn: ({ signal }) => client.getPrompt(projectId, name, which, signal),
    // The list of versions stays in its place while another one is fetched.
    placeholderData: (previous) => (previous?.prompt.name === name ? previous : undefined),
  });
}
