/** Two panes and a bar between them that is dragged, or moved with ← and →. */

import { type KeyboardEvent, type PointerEvent, type ReactNode, useRef } from "react";
import styles from "./Splitter.module.css";

interface SplitterProps {
  label: string;
  /** Share of the first pane, 0 to 1. */
  share: number;
  onChange: (share: number) => void;
  first: ReactNode;
  second: ReactNode;
}

const MIN = 0.2;
const MAX = 0.8;
const STEP = 0.02;

export function clampShare(share: number, min = MIN, max = MAX): number {
  return Math.min(max, Math.max(min, share));
}

export function Splitter({ label, share, onChange, first, second }: SplitterProps) {
  const container = useRef<HTMLDivElement>(null);
  const shown = clampShare(share);
  const drag = (event: PointerEvent<HTMLDivElement>) => {
    const box = container.current?.getBoundingClientRect();
    if (!event.currentTarget.hasPointerCapture(event.pointerId) || !box || box.width === 0) return;
    onChange(clampShare((event.clientX - box.left) / box.width));
  };
  return (
    <div
      ref={container}
      className={styles["split"]}
      style={{ gridTemplateColumns: `minmax(0, ${shown}fr) 1px minmax(0, ${1 - shown}fr)` }}
    >
      {first}
      <Divider label={label} share={shown} onDrag={drag} onChange={onChange} />
      {second}
    </div>
  );
}

interface DividerProps {
  label: string;
  share: number;
  onDrag: (event: PointerEvent<HTMLDivElement>) => void;
  onChange: (share: number) => void;
}

/** The bar alone, for layouts that place their panes themselves. */
export function Divider({ label, share, onDrag, onChange }: DividerProps) {
  const press = (event: KeyboardEvent) => {
    const step = { ArrowLeft: -STEP, ArrowRight: STEP }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    onChange(clampShare(share + step));
  };
  return (
    <div
      role="separator"
      aria-label={label}
      aria-orientation="vertical"
      aria-valuenow={Math.round(share * 100)}
      aria-valuemin={MIN * 100}
      aria-valuemax={MAX * 100}
      tabIndex={0}
      className={styles["bar"]}
      onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
      onPointerMove={onDrag}
      onKeyDown={press}
    />
  );
}
