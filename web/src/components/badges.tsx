/** Small marks that mean the same everywhere: type of an observation, level, tag. */

import type { CSSProperties } from "react";
import { LEVELS, type Level } from "@/api/types";
import { plural } from "@/format/numbers";
import styles from "./badges.module.css";
import { Icon, isIconName } from "./icons";

/** The colour of a type of observation; types not known here are drawn like spans. */
export function typeColor(type: string): string {
  return `var(--type-${isIconName(type) ? type.toLowerCase() : "span"})`;
}

export function typeLabel(type: string): string {
  return type.charAt(0) + type.slice(1).toLowerCase();
}

export function TypeIcon({ type, size = 14 }: { type: string; size?: number }) {
  const style: CSSProperties = { color: typeColor(type) };
  return (
    <span className={styles["type"]} style={style} title={typeLabel(type)}>
      <Icon name={isIconName(type) ? type : "SPAN"} size={size} />
    </span>
  );
}

const LEVEL_NOUN: Record<Level, string> = {
  ERROR: "error",
  WARNING: "warning",
  DEFAULT: "entry",
  DEBUG: "debug entry",
};

/** The level of one observation. Nothing for the normal one. */
export function LevelBadge({ level }: { level: Level }) {
  if (level === "DEFAULT") return null;
  return (
    <span className={styles["level"]} data-level={level}>
      {level === "ERROR" ? "Error" : level === "WARNING" ? "Warning" : "Debug"}
    </span>
  );
}

/** The most severe level in a trace and how often it occurs. Nothing when all is normal. */
export function LevelCount({ counts }: { counts: Partial<Record<Level, number>> }) {
  const worst = LEVELS.toReversed().find((level) => (counts[level] ?? 0) > 0);
  if (worst !== "ERROR" && worst !== "WARNING") return null;
  const count = counts[worst] ?? 0;
  return (
    <span className={styles["level"]} data-level={worst} title={plural(count, LEVEL_NOUN[worst])}>
      <Icon name="alert" size={11} />
      {count}
      <span className="visually-hidden">{count === 1 ? LEVEL_NOUN[worst] : `${LEVEL_NOUN[worst]}s`}</span>
    </span>
  );
}

export function Tag({ children }: { children: string }) {
  return (
    <span className={styles["tag"]} title={children}>
      {children}
    </span>
  );
}

/** A mark on data that was cut when it arrived. */
export function Truncated({ field }: { field: string }) {
  return (
    <span className={styles["truncated"]} title="It was longer than the server accepts; the rest was not stored.">
      <Icon name="scissors" size={11} />
      {field} truncated
    </span>
  );
}
