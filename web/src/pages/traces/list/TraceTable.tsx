/** The list itself: rows drawn only where they are seen, on wide screens as a table, on narrow ones as cards. */

import { useVirtualizer } from "@tanstack/react-virtual";
import { type ReactNode, type RefObject, useEffect, useMemo } from "react";
import type { TraceItem } from "@/api/types";
import { useIsNarrow } from "@/app/hooks";
import { moveBetweenRows } from "@/components/rows";
import { type CellContext, COLUMNS, type Column } from "./columns";
import { TraceCard } from "./TraceCard";
import styles from "./TraceTable.module.css";

const ROW_HEIGHT = 36;
const CARD_HEIGHT = 92;

interface TraceTableProps {
  rows: TraceItem[];
  arrived: ReadonlySet<string>;
  context: CellContext;
  scrollRef: RefObject<HTMLDivElement | null>;
  hasMore: boolean;
  /** A column that says the same in every row of this list. */
  without?: string | undefined;
  onNearEnd: () => void;
  footer: ReactNode;
}

export function TraceTable(props: TraceTableProps) {
  const { rows, arrived, context, scrollRef, hasMore, without, onNearEnd, footer } = props;
  const columns = useMemo(() => COLUMNS.filter((column) => column.id !== without), [without]);
  const tracks = columns.map((column) => column.width).join(" ");
  const isNarrow = useIsNarrow();
  const rowHeight = isNarrow ? CARD_HEIGHT : ROW_HEIGHT;
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scrollRef.current,
    estimateSize: () => rowHeight,
    getItemKey: (index) => rows[index]?.id ?? index,
    overscan: 12,
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: heights are known, not measured, so a change must be told
  useEffect(() => virtualizer.measure(), [rowHeight]);
  const items = virtualizer.getVirtualItems();
  const last = items.at(-1)?.index ?? -1;
  useEffect(() => {
    if (hasMore && last >= rows.length - 15) onNearEnd();
  }, [hasMore, last, rows.length, onNearEnd]);

  return (
    <div
      role="table"
      aria-label="Traces"
      aria-rowcount={hasMore ? -1 : rows.length + 1}
      className={styles["table"]}
      data-narrow={isNarrow || undefined}
      onKeyDown={moveBetweenRows}
    >
      {isNarrow ? null : <HeaderRow columns={columns} />}
      <div role="rowgroup" className={styles["rows"]} style={{ height: virtualizer.getTotalSize() }}>
        {items.map(({ index, start, key }) => {
          const item = rows[index];
          if (!item) return null;
          return (
            <div
              key={key}
              role="row"
              aria-rowindex={index + 2}
              className={styles["row"]}
              data-arrived={arrived.has(item.id) || undefined}
              style={{
                transform: `translateY(${start}px)`,
                height: rowHeight,
                gridTemplateColumns: isNarrow ? "minmax(0, 1fr)" : tracks,
              }}
            >
              {isNarrow ? (
                <TraceCard item={item} context={context} />
              ) : (
                <Cells item={item} context={context} columns={columns} />
              )}
            </div>
          );
        })}
      </div>
      {footer}
    </div>
  );
}

function HeaderRow({ columns }: { columns: readonly Column[] }) {
  const tracks = columns.map((column) => column.width).join(" ");
  return (
    <div role="rowgroup" className={styles["head"]}>
      <div role="row" aria-rowindex={1} className={styles["headRow"]} style={{ gridTemplateColumns: tracks }}>
        {columns.map((column) => (
          <span key={column.id} role="columnheader" data-align={column.align} data-column={column.id}>
            {column.label}
          </span>
        ))}
      </div>
    </div>
  );
}

function Cells({ item, context, columns }: { item: TraceItem; context: CellContext; columns: readonly Column[] }) {
  return columns.map((column) => (
    <span key={column.id} role="cell" className={styles["cell"]} data-align={column.align} data-column={column.id}>
      {column.cell(item, context)}
    </span>
  ));
}
