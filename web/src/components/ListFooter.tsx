/** The end of a list that comes in parts: more is coming, more could not be had, or that is all. */

import { useCallback } from "react";
import { plural } from "@/format/numbers";
import { Button } from "./Button";
import styles from "./DataTable.module.css";

/** What is needed of an infinite query. */
export interface PartedList {
  error: Error | null;
  hasNextPage: boolean;
  isFetchingNextPage: boolean;
  isFetchNextPageError: boolean;
  fetchNextPage: () => Promise<unknown>;
}

/** Fetch the next part unless it is on its way, or has just failed: then the reader decides. */
export function useNextPart({ fetchNextPage, isFetchingNextPage, isFetchNextPageError }: PartedList): () => void {
  return useCallback(() => {
    if (!isFetchingNextPage && !isFetchNextPageError) void fetchNextPage();
  }, [fetchNextPage, isFetchingNextPage, isFetchNextPageError]);
}

export function ListFooter({ list, noun, count }: { list: PartedList; noun: string; count: number }) {
  if (list.isFetchNextPageError) {
    return (
      <div className={styles["footer"]} role="alert">
        The next {noun}s could not be loaded: {list.error?.message}
        <Button icon="refresh" onClick={() => void list.fetchNextPage()}>
          Try again
        </Button>
      </div>
    );
  }
  return (
    <div className={styles["footer"]}>
      {list.hasNextPage ? `Loading more ${noun}s…` : `${plural(count, noun)}. That is all.`}
    </div>
  );
}
