/**
 * The tree of a trace's observations. Pure, and without recursion: a trace may be a chain of ten thousand, and what a
 * client sends as parents may point nowhere or in a circle.
 */

import type { ObservationItem } from "@/api/types";
import { toMicros } from "@/format/times";

export interface TreeNode {
  observation: ObservationItem;
  children: TreeNode[];
  parent: TreeNode | null;
  depth: number;
  /** Names a parent that is not in the trace. */
  isOrphan: boolean;
  /** Microseconds since the epoch; the end of an unfinished one is its start. */
  start: number;
  end: number;
  /** Sum over the node and all below it, as the server sums a trace; null when none of them has a cost. */
  subtreeCost: number | null;
  /** Observations below the node. */
  descendants: number;
  subtreeErrors: number;
}

export interface TraceTree {
  roots: TreeNode[];
  byId: Map<string, TreeNode>;
  /** Parents before children, siblings by time: the order of reading. */
  ordered: TreeNode[];
  start: number;
  end: number;
}

function toNode(observation: ObservationItem): TreeNode {
  const start = toMicros(observation.start_time);
  const end = observation.end_time === null ? start : toMicros(observation.end_time);
  return {
    observation,
    children: [],
    parent: null,
    depth: 0,
    isOrphan: false,
    start,
    end: Math.max(start, end),
    subtreeCost: observation.total_cost_usd,
    descendants: 0,
    subtreeErrors: observation.level === "ERROR" ? 1 : 0,
  };
}

function byTime(one: TreeNode, other: TreeNode): number {
  return one.start - other.start || one.observation.id.localeCompare(other.observation.id);
}

/** Whether `node` is found again on the way up from `parent`. Marks what was seen good, so that all checks are linear. */
function closesCircle(node: TreeNode, parent: TreeNode, isGood: Set<TreeNode>): boolean {
  const path: TreeNode[] = [node];
  for (let up: TreeNode | null = parent; up !== null && !isGood.has(up); up = up.parent) {
    if (up === node) return true;
    path.push(up);
  }
  for (const step of path) isGood.add(step);
  return false;
}

function link(nodes: TreeNode[], byId: Map<string, TreeNode>): TreeNode[] {
  const roots: TreeNode[] = [];
  for (const node of nodes) {
    const parentId = node.observation.parent_id;
    if (parentId !== null) node.parent = byId.get(parentId) ?? null;
  }
  const isGood = new Set<TreeNode>();
  for (const node of nodes) {
    if (node.parent !== null && closesCircle(node, node.parent, isGood)) node.parent = null;
    if (node.parent === null) {
      node.isOrphan = node.observation.parent_id !== null;
      roots.push(node);
    } else node.parent.children.push(node);
  }
  return roots;
}

function order(roots: TreeNode[]): TreeNode[] {
  const ordered: TreeNode[] = [];
  const stack = [...roots].reverse();
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    node.depth = node.parent === null ? 0 : node.parent.depth + 1;
    ordered.push(node);
    for (let index = node.children.length - 1; index >= 0; index -= 1) {
      const child = node.children[index];
      if (child) stack.push(child);
    }
  }
  return ordered;
}

function addUp(ordered: TreeNode[]): void {
  for (let index = ordered.length - 1; index >= 0; index -= 1) {
    const node = ordered[index];
    const parent = node?.parent;
    if (!node || !parent) continue;
    parent.descendants += node.descendants + 1;
    parent.subtreeErrors += node.subtreeErrors;
    if (node.subtreeCost !== null) parent.subtreeCost = (parent.subtreeCost ?? 0) + node.subtreeCost;
  }
}

export function buildTree(observations: ObservationItem[]): TraceTree {
  const nodes = observations.map(toNode).sort(byTime);
  const byId = new Map(nodes.map((node) => [node.observation.id, node]));
  const roots = link(nodes, byId);
  const ordered = order(roots);
  addUp(ordered);
  let start = Number.POSITIVE_INFINITY;
  let end = Number.NEGATIVE_INFINITY;
  for (const node of nodes) {
    start = Math.min(start, node.start);
    end = Math.max(end, node.end);
  }
  return nodes.length > 0 ? { roots, byId, ordered, start, end } : { roots, byId, ordered, start: 0, end: 0 };
}

/** What the tree shows now: without what is below a collapsed node, and only what was looked for with the way to it. */
export function visibleNodes(
  tree: TraceTree,
  collapsed: ReadonlySet<string>,
  only: ReadonlySet<string> | null,
): TreeNode[] {
  const visible: TreeNode[] = [];
  let hiddenBelow = Number.POSITIVE_INFINITY;
  for (const node of tree.ordered) {
    if (node.depth > hiddenBelow) continue;
    hiddenBelow = Number.POSITIVE_INFINITY;
    if (only !== null && !only.has(node.observation.id)) continue;
    visible.push(node);
    if (only === null && collapsed.has(node.observation.id)) hiddenBelow = node.depth;
  }
  return visible;
}

/** The ids of nodes that match, and of all nodes above them. Null when nothing is looked for. */
export function findNodes(tree: TraceTree, text: string): { matches: Set<string>; withPath: Set<string> } | null {
  const wanted = text.trim().toLowerCase();
  if (wanted === "") return null;
  const isMatch = matcher(wanted);
  const matches = new Set<string>();
  const withPath = new Set<string>();
  for (const node of tree.ordered) {
    if (!isMatch(node.observation)) continue;
    matches.add(node.observation.id);
    for (let up: TreeNode | null = node; up !== null && !withPath.has(up.observation.id); up = up.parent) {
      withPath.add(up.observation.id);
    }
  }
  return { matches, withPath };
}

/** `is:error` finds by level; anything else is looked for in name, id, type, model and status message. */
function matcher(wanted: string): (observation: ObservationItem) => boolean {
  const level = /^is:(error|warning|debug)$/.exec(wanted)?.[1]?.toUpperCase();
  if (level !== undefined) return (observation) => observation.level === level;
  return ({ name, id, type, model, status_message }) =>
    [name, id, type, model, status_message].some((field) => field?.toLowerCase().includes(wanted));
}

/** All nodes that have something below them. */
export function parentIds(tree: TraceTree): Set<string> {
  return new Set(tree.ordered.filter((node) => node.children.length > 0).map((node) => node.observation.id));
}

/** What a key does in the tree; null when it does nothing. The trace itself stands above the first row as `null`. */
export interface TreeMove {
  select?: string | null;
  toggle?: string;
}

const PAGE = 10;

export function moveInTree(
  key: string,
  rows: TreeNode[],
  selected: string | null,
  collapsed: ReadonlySet<string>,
): TreeMove | null {
  const at = selected === null ? -1 : rows.findIndex((row) => row.observation.id === selected);
  const node = rows[at];
  const to = (index: number): TreeMove => {
    const target = rows[Math.max(-1, Math.min(rows.length - 1, index))];
    return { select: index < 0 || !target ? null : target.observation.id };
  };
  switch (key) {
    case "ArrowDown":
    case "j":
      return to(at + 1);
    case "ArrowUp":
    case "k":
      return to(Math.max(-1, at - 1));
    case "PageDown":
      return to(at + PAGE);
    case "PageUp":
      return to(Math.max(-1, at - PAGE));
    case "Home":
      return { select: null };
    case "End":
      return to(rows.length - 1);
    case "ArrowRight":
      if (!node || node.children.length === 0) return node ? null : to(0);
      return collapsed.has(node.observation.id) ? { toggle: node.observation.id } : to(at + 1);
    case "ArrowLeft":
      if (!node) return null;
      if (node.children.length > 0 && !collapsed.has(node.observation.id)) return { toggle: node.observation.id };
      return { select: node.parent?.observation.id ?? null };
    default:
      return null;
  }
}
