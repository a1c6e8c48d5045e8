/** Where a bar lies on the axis. Pure. Shares are of the whole axis, 0 to 1. */

import { toMicros } from "@/format/times";
import type { TraceTree, TreeNode } from "./tree";

export interface Bar {
  left: number;
  width: number;
  /** Share of the bar before the first token arrived; 0 when that is not known. */
  wait: number;
  isPoint: boolean;
  /** It has begun and no end was received; the bar then reaches to the end of the trace. */
  isOpen: boolean;
}

/** Share of the axis that a label needs beside a bar. */
const LABEL_ROOM = 0.17;

/** Where the length of a bar is written: after it, before it, or on it when it fills the axis. */
export function labelSide({ left, width }: Bar): "end" | "start" | "inside" {
  if (1 - left - width >= LABEL_ROOM) return "end";
  return left >= LABEL_ROOM ? "start" : "inside";
}

export function barOf(node: TreeNode, tree: TraceTree): Bar {
  const span = tree.end - tree.start;
  if (span <= 0) return { left: 0, width: 0, wait: 0, isPoint: true, isOpen: false };
  const left = (node.start - tree.start) / span;
  const isOpen = node.observation.end_time === null && node.observation.type !== "EVENT";
  if (isOpen) return { left, width: 1 - left, wait: 0, isPoint: false, isOpen };
  const width = (node.end - node.start) / span;
  return { left, width, wait: waitOf(node), isPoint: node.end === node.start, isOpen };
}

function waitOf(node: TreeNode): number {
  const first = node.observation.completion_start_time;
  const length = node.end - node.start;
  if (first === null || length <= 0) return 0;
  return Math.min(1, Math.max(0, (toMicros(first) - node.start) / length));
}
