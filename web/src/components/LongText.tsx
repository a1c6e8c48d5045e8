/** Plain text of which only the start is shown until the reader asks for all of it. */

import { useState } from "react";
import { formatBytes } from "@/format/numbers";
import styles from "./payload.module.css";
import { RawText } from "./RawText";

const LIMIT = 3000;
/** Cutting off less than this is not worth a button. */
const SLACK = 600;

export function isLong(text: string): boolean {
  return text.length > LIMIT + SLACK;
}

export function LongText({ text }: { text: string }) {
  const [isOpen, setIsOpen] = useState(false);
  if (!isLong(text)) return text;
  return (
    <>
      {isOpen ? <RawText text={text} isPlain /> : `${text.slice(0, LIMIT)}…`}
      <button type="button" className={styles["more"]} onClick={() => setIsOpen(!isOpen)}>
        {isOpen ? "Show less" : `Show all ${formatBytes(text.length)}`}
      </button>
    </>
  );
}
