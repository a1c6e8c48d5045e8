/** One row of the tree with its bar on the timeline. Memoised: while scrolling only rows that enter are drawn. */

import { type CSSProperties, memo } from "react";
import type { TraceDetail } from "@/api/types";
import { TypeIcon, typeColor, typeLabel } from "@/components/badges";
import { Icon, Mark } from "@/components/icons";
import { formatDuration } from "@/format/durations";
import { formatCost, plural } from "@/format/numbers";
import styles from "./TreePane.module.css";
import { barOf, labelSide } from "./timeline";
import type { TraceTree, TreeNode } from "./tree";

interface Place {
  id: string;
  style: CSSProperties;
}

interface TreeRowProps {
  node: TreeNode;
  tree: TraceTree;
  place: Place;
  isSelected: boolean;
  isCollapsed: boolean;
  isDimmed: boolean;
  showBar: boolean;
  onSelect: (id: string) => void;
  onToggle: (id: string) => void;
}

/** Indentation stops growing here, or the names of a deep chain would leave the screen. */
const MAX_INDENT = 24;

export const TreeRow = memo(TreeRowView, isSameRow);

function isSameRow(one: TreeRowProps, other: TreeRowProps): boolean {
  return (
    one.node === other.node &&
    one.tree === other.tree &&
    one.place.style.transform === other.place.style.transform &&
    one.isSelected === other.isSelected &&
    one.isCollapsed === other.isCollapsed &&
    one.isDimmed === other.isDimmed &&
    one.showBar === other.showBar &&
    one.onSelect === other.onSelect
  );
}

function TreeRowView(props: TreeRowProps) {
  const { node, tree, place, isSelected, isCollapsed, isDimmed, showBar, onSelect, onToggle } = props;
  const { observation, children } = node;
  const hasChildren = children.length > 0;
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the tree around the rows has the focus and handles the keys
    <div
      id={place.id}
      role="treeitem"
      aria-level={node.depth + 2}
      aria-selected={isSelected}
      aria-expanded={hasChildren ? !isCollapsed : undefined}
      tabIndex={-1}
      className={styles["row"]}
      data-dimmed={isDimmed || undefined}
      data-level={observation.level}
      style={place.style}
      onMouseDown={(event) => event.preventDefault()}
      onClick={(event) => {
        event.currentTarget.parentElement?.focus({ preventScroll: true });
        onSelect(observation.id);
      }}
    >
      <span className={styles["nameCell"]} style={{ paddingLeft: `${indent(node.depth + 1)}rem` }}>
        <Guides depth={node.depth + 1} />
        <Twisty node={node} isCollapsed={isCollapsed} onToggle={onToggle} />
        <TypeIcon type={observation.type} />
        <span className="visually-hidden">{typeLabel(observation.type)}</span>
        <span className={styles["name"]} data-name title={rowTitle(node)}>
          {observation.name ?? typeLabel(observation.type)}
        </span>
        <span className="visually-hidden">{spokenFacts(node)}</span>
        <RowMarks node={node} isCollapsed={isCollapsed} />
        <span className={styles["metrics"]}>
          {node.subtreeCost !== null && node.subtreeCost > 0 ? <span>{formatCost(node.subtreeCost)}</span> : null}
          {showBar || observation.latency_seconds === null ? null : (
            <span>{formatDuration(observation.latency_seconds)}</span>
          )}
        </span>
      </span>
      {showBar ? <TimelineBar node={node} tree={tree} /> : null}
    </div>
  );
}

function indent(depth: number): number {
  return 0.5 + Math.min(depth, MAX_INDENT) * 0.875;
}

function rowTitle(node: TreeNode): string {
  const { name, type, id, status_message } = node.observation;
  const orphan = node.isOrphan ? "Its parent is not in this trace" : null;
  return [name ?? typeLabel(type), id, orphan, status_message].filter(Boolean).join("\n");
}

/** What eyes see in icons and bars. */
function spokenFacts(node: TreeNode): string {
  const { level, latency_seconds } = node.observation;
  const worst = level === "ERROR" || level === "WARNING" ? level.toLowerCase() : null;
  const latency = latency_seconds === null ? null : formatDuration(latency_seconds);
  return [worst, latency].filter(Boolean).join(", ");
}

function Guides({ depth }: { depth: number }) {
  if (depth < 2) return null;
  const style = { "--levels": Math.min(depth, MAX_INDENT) - 1 } as CSSProperties;
  return <span className={styles["guides"]} style={style} aria-hidden="true" />;
}

function Twisty({ node, isCollapsed, onToggle }: Pick<TreeRowProps, "node" | "isCollapsed" | "onToggle">) {
  if (node.children.length === 0) return <span className={styles["twisty"]} />;
  // Not a button: the tree is one tab stop, and → and ← do the same.
  return (
    <span
      className={styles["twisty"]}
      data-collapsed={isCollapsed || undefined}
      data-toggle
      aria-hidden="true"
      onClick={(event) => {
        event.stopPropagation();
        onToggle(node.observation.id);
      }}
    >
      <Icon name="down" size={12} />
    </span>
  );
}

function RowMarks({ node, isCollapsed }: { node: TreeNode; isCollapsed: boolean }) {
  const { level } = node.observation;
  const hiddenErrors = isCollapsed ? node.subtreeErrors - (level === "ERROR" ? 1 : 0) : 0;
  return (
    <>
      {level === "ERROR" || level === "WARNING" ? (
        <span className={styles["mark"]} data-level={level}>
          <Icon name="alert" size={12} />
        </span>
      ) : null}
      {isCollapsed ? (
        <span className={styles["count"]} data-level={hiddenErrors > 0 ? "ERROR" : undefined}>
          +{node.descendants}
        </span>
      ) : null}
    </>
  );
}

function TimelineBar({ node, tree }: { node: TreeNode; tree: TraceTree }) {
  const bar = barOf(node, tree);
  const style: CSSProperties = { left: `${bar.left * 100}%`, color: typeColor(node.observation.type) };
  if (!bar.isPoint) style.width = `${bar.width * 100}%`;
  return (
    <span className={styles["barCell"]} aria-hidden="true">
      <span className={styles["track"]}>
        <span
          className={styles["bar"]}
          data-bar
          style={style}
          data-point={bar.isPoint || undefined}
          data-open={bar.isOpen || undefined}
        >
          {bar.wait > 0 ? <span className={styles["wait"]} style={{ width: `${bar.wait * 100}%` }} /> : null}
          {node.observation.latency_seconds === null ? null : (
            <span className={styles["barLabel"]} data-side={labelSide(bar)}>
              {formatDuration(node.observation.latency_seconds)}
            </span>
          )}
        </span>
      </span>
    </span>
  );
}

interface TraceRowProps {
  detail: TraceDetail;
  place: Place;
  isSelected: boolean;
  onSelect: (id: null) => void;
}

/** The trace itself, above all observations. */
export function TraceRow({ detail, place, isSelected, onSelect }: TraceRowProps) {
  const { trace, observations } = detail;
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the tree around the rows has the focus and handles the keys
    <div
      id={place.id}
      role="treeitem"
      aria-level={1}
      aria-selected={isSelected}
      aria-expanded={true}
      tabIndex={-1}
      className={styles["row"]}
      data-trace
      style={place.style}
      onMouseDown={(event) => event.preventDefault()}
      onClick={(event) => {
        event.currentTarget.parentElement?.focus({ preventScroll: true });
        onSelect(null);
      }}
    >
      <span className={styles["nameCell"]} style={{ paddingLeft: `${indent(0)}rem` }}>
        <Mark size={14} />
        <span className={styles["name"]} data-name>
          {trace.name ?? "Trace"}
        </span>
        <span className={styles["metrics"]}>{plural(observations.length, "observation")}</span>
      </span>
    </div>
  );
}
