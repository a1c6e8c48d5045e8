/** Any list of rows: drawn only where it is seen, as a table on wide screens and as cards on narrow ones. */

import { useVirtualizer } from "@tanstack/react-virtual";
import { type ReactNode, type RefObject, useEffect, useRef, useState } from "react";
import { useIsNarrow } from "@/app/hooks";
import styles from "./DataTable.module.css";
import { moveBetweenRows } from "./rows";

export interface DataColumn<Row> {
  id: string;
  label: string;
  /** A track of the grid. */
  width: string;
  align?: "end";
  cell: (row: Row) => ReactNode;
}

interface DataTableProps<Row> {
  label: string;
  rows: readonly Row[];
  rowKey: (row: Row) => string;
  columns: readonly DataColumn<Row>[];
  /** The row on a narrow screen. */
  card: (row: Row) => ReactNode;
  /** What stands below the row; nothing unless it is open. */
  below?: (row: Row) => ReactNode;
  /** The element that scrolls; what else is in it stands above the table. */
  scrollRef: RefObject<HTMLDivElement | null>;
  hasMore: boolean;
  onNearEnd: () => void;
  footer: ReactNode;
}

/** Only to begin with: every row is measured when it is drawn. */
const ROW_HEIGHT = 37;
const CARD_HEIGHT = 84;
const NEAR = 15;

export function DataTable<Row>(props: DataTableProps<Row>) {
  const { label, rows, rowKey, columns, card, below, scrollRef, hasMore, onNearEnd, footer } = props;
  const isNarrow = useIsNarrow();
  const rowsRef = useRef<HTMLDivElement>(null);
  const top = useTop(rowsRef, scrollRef);
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scrollRef.current,
    estimateSize: () => (isNarrow ? CARD_HEIGHT : ROW_HEIGHT),
    getItemKey: (index) => {
      const row = rows[index];
      return row === undefined ? index : rowKey(row);
    },
    scrollMargin: top,
    overscan: 8,
  });
  // The element that scrolls is an ancestor, which has its place only after this component's first effects.
  // biome-ignore lint/correctness/useExhaustiveDependencies: rows are drawn otherwise, so their heights are told anew
  useEffect(() => virtualizer.measure(), [isNarrow]);
  const items = virtualizer.getVirtualItems();
  const last = items.at(-1)?.index ?? -1;
  useEffect(() => {
    if (hasMore && last >= rows.length - NEAR) onNearEnd();
  }, [hasMore, last, rows.length, onNearEnd]);
  const tracks = isNarrow ? "minmax(0, 1fr)" : columns.map((column) => column.width).join(" ");
  return (
    <div
      role="table"
      aria-label={label}
      aria-rowcount={hasMore ? -1 : rows.length + 1}
      className={styles["table"]}
      data-narrow={isNarrow || undefined}
      onKeyDown={moveBetweenRows}
    >
      {isNarrow ? null : <Head columns={columns} tracks={tracks} />}
      <div ref={rowsRef} role="rowgroup" className={styles["rows"]} style={{ height: virtualizer.getTotalSize() }}>
        {items.map(({ index, start, key }) => {
          const row = rows[index];
          if (row === undefined) return null;
          return (
            <div
              key={key}
              ref={virtualizer.measureElement}
              data-index={index}
              className={styles["place"]}
              style={{ transform: `translateY(${start - top}px)` }}
            >
              <div
                role="row"
                aria-rowindex={index + 2}
                className={styles["row"]}
                style={{ gridTemplateColumns: tracks }}
              >
                {isNarrow ? (
                  <span role="cell" className={styles["card"]}>
                    {card(row)}
                  </span>
                ) : (
                  columns.map((column) => (
                    <span key={column.id} role="cell" className={styles["cell"]} data-align={column.align}>
                      {column.cell(row)}
                    </span>
                  ))
                )}
              </div>
              <Below content={below?.(row)} />
            </div>
          );
        })}
      </div>
      {footer}
    </div>
  );
}

function Head<Row>({ columns, tracks }: { columns: readonly DataColumn<Row>[]; tracks: string }) {
  return (
    <div role="rowgroup" className={styles["head"]}>
      <div role="row" aria-rowindex={1} className={styles["headRow"]} style={{ gridTemplateColumns: tracks }}>
        {columns.map((column) => (
          <span key={column.id} role="columnheader" data-align={column.align}>
            {column.label}
          </span>
        ))}
      </div>
    </div>
  );
}

/** A row of its own to those who hear the table, because only rows may stand in one. */
function Below({ content }: { content: ReactNode }) {
  if (content === null || content === undefined) return null;
  return (
    <div role="row">
      <div role="cell" className={styles["below"]}>
        {content}
      </div>
    </div>
  );
}

/** How far the rows stand below the top of what scrolls, followed as what is above them grows. */
function useTop(rows: RefObject<HTMLElement | null>, scroller: RefObject<HTMLElement | null>): number {
  const [top, setTop] = useState(0);
  useEffect(() => {
    const measure = () => setTop(rows.current?.offsetTop ?? 0);
    measure();
    const observer = new ResizeObserver(measure);
    for (const child of scroller.current?.children ?? []) observer.observe(child);
    return () => observer.disconnect();
  }, [rows, scroller]);
  return top;
}
