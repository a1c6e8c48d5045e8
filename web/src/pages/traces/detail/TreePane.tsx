/** Tree and timeline side by side: one row for each observation, drawn only where it is seen. */

import { useVirtualizer } from "@tanstack/react-virtual";
import { type KeyboardEvent, type PointerEvent, useEffect, useEffectEvent, useMemo, useRef, useState } from "react";
import type { TraceDetail } from "@/api/types";
import { useMediaQuery } from "@/app/hooks";
import { useNumberPreference } from "@/app/preferences";
import { clampShare, Divider } from "@/components/Splitter";
import { Axis } from "./Axis";
import styles from "./TreePane.module.css";
import { TraceRow, TreeRow } from "./TreeRow";
import { TreeToolbar } from "./TreeToolbar";
import { findNodes, moveInTree, parentIds, type TraceTree, visibleNodes } from "./tree";

interface TreePaneProps {
  detail: TraceDetail;
  tree: TraceTree;
  selected: string | null;
  find: string;
  onFind: (text: string) => void;
  onSelect: (id: string | null) => void;
}

const ROW_HEIGHT = 28;
const NONE: ReadonlySet<string> = new Set();

export function TreePane({ detail, tree, selected, find, onFind, onSelect }: TreePaneProps) {
  const [collapsed, setCollapsed] = useState(NONE);
  const [treeShare, setTreeShare] = useNumberPreference("trace.tree", 0.46);
  const [timelineChoice, setTimelineChoice] = useNumberPreference("trace.timeline", 1);
  const hasRoom = useMediaQuery("(min-width: 1000px)");
  const showTimeline = hasRoom && timelineChoice === 1;
  const found = useMemo(() => findNodes(tree, find), [tree, find]);
  const rows = useMemo(() => visibleNodes(tree, collapsed, found?.withPath ?? null), [tree, collapsed, found]);
  const pane = useRef<HTMLDivElement>(null);

  const toggle = (id: string) =>
    setCollapsed((current) => {
      const next = new Set(current);
      if (!next.delete(id)) next.add(id);
      return next;
    });
  const drag = (event: PointerEvent<HTMLDivElement>) => {
    const box = pane.current?.getBoundingClientRect();
    if (!event.currentTarget.hasPointerCapture(event.pointerId) || !box || box.width === 0) return;
    setTreeShare(clampShare((event.clientX - box.left) / box.width));
  };
  const share = showTimeline ? clampShare(treeShare) : 1;
  return (
    <section
      ref={pane}
      className={styles["pane"]}
      aria-label="Observations"
      style={{ "--tree-share": `${share * 100}%` } as React.CSSProperties}
    >
      <TreeToolbar
        find={find}
        onFind={onFind}
        matches={found?.matches.size ?? null}
        errors={detail.trace.level_counts.ERROR ?? 0}
        onExpand={() => setCollapsed(NONE)}
        onCollapse={() => setCollapsed(parentIds(tree))}
        timeline={hasRoom ? { isShown: showTimeline, onToggle: () => setTimelineChoice(showTimeline ? 0 : 1) } : null}
      />
      {showTimeline ? <Axis seconds={(tree.end - tree.start) / 1e6} /> : null}
      <Rows
        {...{ detail, tree, rows, selected, collapsed, onSelect, showTimeline }}
        onToggle={toggle}
        matches={found?.matches ?? null}
      />
      {showTimeline ? (
        <div className={styles["divider"]}>
          <Divider label="Width of the names" share={share} onDrag={drag} onChange={setTreeShare} />
        </div>
      ) : null}
    </section>
  );
}

interface RowsProps {
  detail: TraceDetail;
  tree: TraceTree;
  rows: ReturnType<typeof visibleNodes>;
  selected: string | null;
  collapsed: ReadonlySet<string>;
  matches: ReadonlySet<string> | null;
  showTimeline: boolean;
  onSelect: (id: string | null) => void;
  onToggle: (id: string) => void;
}

function Rows({ detail, tree, rows, selected, collapsed, matches, showTimeline, onSelect, onToggle }: RowsProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const virtualizer = useVirtualizer({
    count: rows.length + 1,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: 16,
  });
  const at = useMemo(
    () => (selected === null ? 0 : rows.findIndex((row) => row.observation.id === selected) + 1),
    [rows, selected],
  );
  // Only a new selection scrolls: opening and closing nodes elsewhere must leave the view where it is.
  const reveal = useEffectEvent(() => virtualizer.scrollToIndex(at, { align: "auto" }));
  // biome-ignore lint/correctness/useExhaustiveDependencies: the selection is the trigger, its place is read then
  useEffect(() => reveal(), [selected]);

  const press = (event: KeyboardEvent) => {
    if (event.metaKey || event.ctrlKey || event.altKey) return;
    const move = moveInTree(event.key, rows, selected, collapsed);
    if (move === null) return;
    event.preventDefault();
    if (move.toggle !== undefined) onToggle(move.toggle);
    else onSelect(move.select ?? null);
  };
  return (
    <div ref={scroller} className={styles["scroller"]}>
      <div
        role="tree"
        aria-label="Observations of the trace"
        aria-activedescendant={`row-${at}`}
        tabIndex={0}
        className={styles["rows"]}
        style={{ height: virtualizer.getTotalSize() }}
        onKeyDown={press}
      >
        {virtualizer.getVirtualItems().map(({ index, start }) => {
          const node = rows[index - 1];
          const place = { id: `row-${index}`, style: { transform: `translateY(${start}px)`, height: ROW_HEIGHT } };
          if (!node) {
            return index === 0 ? (
              <TraceRow key="trace" detail={detail} place={place} isSelected={selected === null} onSelect={onSelect} />
            ) : null;
          }
          const { id } = node.observation;
          return (
            <TreeRow
              key={id}
              node={node}
              tree={tree}
              place={place}
              isSelected={id === selected}
              isCollapsed={collapsed.has(id)}
              isDimmed={matches !== null && !matches.has(id)}
              showBar={showTimeline}
              onSelect={onSelect}
              onToggle={onToggle}
            />
          );
        })}
      </div>
    </div>
  );
}
