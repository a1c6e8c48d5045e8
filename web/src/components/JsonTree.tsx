/** A JSON value that opens and closes. Only what is open is drawn, and long lists in portions. */

import { memo, useState } from "react";
import { isRecord, type Json, summarize } from "@/payload/json";
import { Icon } from "./icons";
import { LongText } from "./LongText";
import styles from "./payload.module.css";

interface JsonTreeProps {
  value: Json;
  label: string;
}

/** Small values are open at once; of large ones the first levels only. */
const OPEN_LINES = 60;
const PORTION = 100;

export const JsonTree = memo(function JsonTree({ value, label }: JsonTreeProps) {
  return (
    <fieldset className={styles["json"]} aria-label={label}>
      {isContainer(value) ? <Entries value={value} depth={0} /> : <Leaf value={value} />}
    </fieldset>
  );
});

function isContainer(value: Json): value is Json[] | { [key: string]: Json } {
  return Array.isArray(value) || isRecord(value);
}

/** How many lines a value needs when it is open, counted no further than `limit`. */
export function countLines(value: Json, limit: number): number {
  if (!isContainer(value)) return 1;
  let lines = 1;
  for (const child of Object.values(value)) {
    lines += countLines(child, limit - lines);
    if (lines >= limit) return limit;
  }
  return lines;
}

function Entries({ value, depth }: { value: Json[] | { [key: string]: Json }; depth: number }) {
  const [shown, setShown] = useState(PORTION);
  const entries = Object.entries(value);
  if (entries.length === 0) return <span className={styles["dim"]}>{Array.isArray(value) ? "[ ]" : "{ }"}</span>;
  const rest = entries.length - shown;
  return (
    <ul className={styles["entries"]}>
      {entries.slice(0, shown).map(([key, child]) => (
        <Entry key={key} name={key} value={child} depth={depth} isOnly={depth === 0 && entries.length === 1} />
      ))}
      {rest > 0 ? (
        <li>
          <button type="button" className={styles["more"]} onClick={() => setShown(shown + PORTION * 10)}>
            {rest} more
          </button>
        </li>
      ) : null}
    </ul>
  );
}

interface EntryProps {
  name: string;
  value: Json;
  depth: number;
  /** The only one at the top: a wrapper, of no interest when closed. */
  isOnly: boolean;
}

function Entry({ name, value, depth, isOnly }: EntryProps) {
  const isParent = isContainer(value) && Object.keys(value).length > 0;
  const [isOpen, setIsOpen] = useState(
    () => isParent && (isOnly || (depth < 4 && countLines(value, OPEN_LINES) < OPEN_LINES)),
  );
  if (!isParent) {
    return (
      <li className={styles["entry"]}>
        <span className={styles["key"]}>{name}</span>
        <Leaf value={value} />
      </li>
    );
  }
  return (
    <li>
      <button type="button" className={styles["open"]} aria-expanded={isOpen} onClick={() => setIsOpen(!isOpen)}>
        <Icon name="right" size={10} />
        <span className={styles["key"]}>{name}</span>
        <span className={styles["dim"]}>{summarize(value)}</span>
      </button>
      {isOpen ? <Entries value={value} depth={depth + 1} /> : null}
    </li>
  );
}

function Leaf({ value }: { value: Json }) {
  if (typeof value === "string") {
    if (value === "") return <span className={styles["dim"]}>""</span>;
    return (
      <span className={styles["string"]}>
        <LongText text={value} />
      </span>
    );
  }
  if (isContainer(value)) return <span className={styles["dim"]}>{Array.isArray(value) ? "[ ]" : "{ }"}</span>;
  return <span className={styles[value === null ? "dim" : "literal"]}>{String(value)}</span>;
}
