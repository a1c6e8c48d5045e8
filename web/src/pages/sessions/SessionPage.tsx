/** One session: its traces, the newest first. */

import { useInfiniteQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { useCallback, useMemo, useRef } from "react";
import { ApiError } from "@/api/client";
import { sessionQuery } from "@/api/queries";
import type { TraceItem } from "@/api/types";
import { useTitle } from "@/app/hooks";
import { CopyButton } from "@/components/CopyButton";
import { EmptyState, ErrorPanel } from "@/components/ErrorPanel";
import { Heading } from "@/components/Heading";
import { Time } from "@/components/Time";
import { formatCost, plural } from "@/format/numbers";
import { ListSkeleton } from "@/pages/traces/list/ListSkeleton";
import { TraceTable } from "@/pages/traces/list/TraceTable";
import tableStyles from "@/pages/traces/list/TraceTable.module.css";
import styles from "./SessionPage.module.css";

const NOTHING_NEW: ReadonlySet<string> = new Set();

export function SessionPage() {
  const { projectId, sessionId } = useParams({ from: "/signed-in/project/$projectId/sessions/$sessionId" });
  useTitle(`Session ${sessionId}`);
  const session = useInfiniteQuery(sessionQuery(projectId, sessionId));
  const rows = useMemo(() => session.data?.pages.flatMap((page) => page.items) ?? [], [session.data]);
  const createdAt = session.data?.pages[0]?.created_at;
  return (
    <div className={styles["page"]}>
      <Heading icon="session" kind="Session" title={sessionId}>
        <CopyButton text={sessionId} label="Copy session id" />
        <span className={styles["facts"]}>
          {createdAt ? (
            <span>
              Since <Time iso={createdAt} full />
            </span>
          ) : null}
          {session.data ? <SessionTotals rows={rows} isWhole={!session.hasNextPage} /> : null}
        </span>
      </Heading>
      <SessionTraces projectId={projectId} session={session} rows={rows} />
    </div>
  );
}

function SessionTotals({ rows, isWhole }: { rows: TraceItem[]; isWhole: boolean }) {
  const costs = rows.map((row) => row.total_cost_usd).filter((cost) => cost !== null);
  const cost = costs.length > 0 ? costs.reduce((sum, value) => sum + value, 0) : null;
  const more = isWhole ? "" : "+";
  return (
    <>
      <span>
        {plural(rows.length, "trace")}
        {more}
      </span>
      {cost === null ? null : (
        <span>
          {formatCost(cost)}
          {more}
        </span>
      )}
    </>
  );
}

interface SessionTracesProps {
  projectId: string;
  session: ReturnType<typeof useInfiniteQuery<unknown, Error>>;
  rows: TraceItem[];
}

function SessionTraces({ projectId, session, rows }: SessionTracesProps) {
  const scrollRef = useRef<HTMLDivElement>(null);
  const { fetchNextPage, isFetchingNextPage, isFetchNextPageError } = session;
  const loadMore = useCallback(() => {
    if (!isFetchingNextPage && !isFetchNextPageError) void fetchNextPage();
  }, [fetchNextPage, isFetchingNextPage, isFetchNextPageError]);
  if (session.isPending) return <ListSkeleton />;
  if (session.isError && rows.length === 0) {
    const isUnknown = session.error instanceof ApiError && session.error.status === 404;
    return (
      <ErrorPanel
        error={session.error}
        title={isUnknown ? "There is no such session" : "The session could not be loaded"}
        onRetry={() => void session.refetch()}
      />
    );
  }
  if (rows.length === 0) return <EmptyState title="An empty session" message="No trace belongs to it." />;
  const footer = session.isFetchNextPageError ? "Older traces could not be loaded." : "Loading older traces…";
  return (
    <div ref={scrollRef} className={tableStyles["scroller"]}>
      <TraceTable
        rows={rows}
        arrived={NOTHING_NEW}
        context={{ projectId, onFilter: undefined }}
        scrollRef={scrollRef}
        hasMore={session.hasNextPage}
        without="session"
        onNearEnd={loadMore}
        footer={<div className={tableStyles["more"]}>{session.hasNextPage ? footer : "The start of the session."}</div>}
      />
    </div>
  );
}
