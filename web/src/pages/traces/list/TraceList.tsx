/** A live, endless list of traces for one filter: what the pages of traces and of a user are made of. */

import { type ReactNode, useCallback, useRef, useState } from "react";
import type { TraceListKey } from "@/api/queries";
import { Button } from "@/components/Button";
import { ErrorPanel } from "@/components/ErrorPanel";
import { plural } from "@/format/numbers";
import { ListSkeleton } from "./ListSkeleton";
import type { ListSearch } from "./search";
import styles from "./TraceList.module.css";
import { TraceTable } from "./TraceTable";
import tableStyles from "./TraceTable.module.css";
import { useTraceFeed } from "./useTraceFeed";

interface TraceListProps {
  listKey: TraceListKey;
  isLive: boolean;
  onFilter: ((change: ListSearch) => void) | undefined;
  empty: ReactNode;
  without?: string;
}

export function TraceList({ listKey, isLive, onFilter, empty, without }: TraceListProps) {
  const scrollRef = useRef<HTMLDivElement>(null);
  const [isAtTop, setIsAtTop] = useState(true);
  const { pages, rows, arrived, waiting, insert, liveError } = useTraceFeed(listKey, { isLive, mayInsert: isAtTop });
  const { fetchNextPage, isFetchingNextPage, isFetchNextPageError } = pages;
  const loadMore = useCallback(() => {
    if (!isFetchingNextPage && !isFetchNextPageError) void fetchNextPage();
  }, [fetchNextPage, isFetchingNextPage, isFetchNextPageError]);

  if (pages.isPending) return <ListSkeleton />;
  if (pages.isError && rows.length === 0) {
    return (
      <ErrorPanel error={pages.error} title="The traces could not be loaded" onRetry={() => void pages.refetch()} />
    );
  }
  if (rows.length === 0) return empty;
  const showNew = () => {
    insert();
    scrollRef.current?.scrollTo({ top: 0 });
  };
  return (
    <div className={styles["list"]}>
      <div
        ref={scrollRef}
        className={tableStyles["scroller"]}
        onScroll={(event) => setIsAtTop(event.currentTarget.scrollTop < 40)}
      >
        <TraceTable
          rows={rows}
          arrived={arrived}
          context={{ projectId: listKey.projectId, onFilter }}
          scrollRef={scrollRef}
          hasMore={pages.hasNextPage}
          without={without}
          onNearEnd={loadMore}
          footer={<Footer pages={pages} count={rows.length} />}
        />
      </div>
      <div className={styles["notice"]} aria-live="polite">
        {waiting > 0 ? (
          <Button variant="primary" icon="up" onClick={showNew}>
            {plural(waiting, "new trace")}
          </Button>
        ) : null}
        {liveError ? <span className={styles["stale"]}>Live updates paused: {liveError.message}</span> : null}
      </div>
    </div>
  );
}

type Pages = ReturnType<typeof useTraceFeed>["pages"];

function Footer({ pages, count }: { pages: Pages; count: number }) {
  if (pages.isFetchNextPageError) {
    return (
      <div className={tableStyles["more"]} role="alert">
        Older traces could not be loaded: {pages.error?.message}
        <Button icon="refresh" onClick={() => void pages.fetchNextPage()}>
          Try again
        </Button>
      </div>
    );
  }
  if (pages.hasNextPage) return <div className={tableStyles["more"]}>Loading older traces…</div>;
  return <div className={tableStyles["more"]}>{plural(count, "trace")}. That is all.</div>;
}
