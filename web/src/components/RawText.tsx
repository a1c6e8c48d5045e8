/** A text as it is, character by character. Long ones are drawn in blocks that the browser lays out when they are seen. */

import { useMemo } from "react";
import styles from "./payload.module.css";

const BLOCK = 8192;

/** Cut a text into blocks at line ends where there are any, never inside a surrogate pair. */
export function splitBlocks(text: string, size = BLOCK): string[] {
  const blocks: string[] = [];
  let from = 0;
  while (text.length - from > size) {
    const line = text.lastIndexOf("\n", from + size) + 1;
    let to = line > from ? line : from + size;
    const code = text.charCodeAt(to - 1);
    if (to !== line && code >= 0xd800 && code <= 0xdbff) to -= 1;
    blocks.push(text.slice(from, to));
    from = to;
  }
  blocks.push(text.slice(from));
  return blocks;
}

export function RawText({ text, isPlain = false }: { text: string; isPlain?: boolean }) {
  const blocks = useMemo(() => splitBlocks(text), [text]);
  const isLong = blocks.length > 1;
  return (
    <pre className={isPlain ? styles["plain"] : styles["raw"]}>
      {blocks.map((block, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the blocks of one text never change places
        <span key={index} className={isLong ? styles["block"] : undefined}>
          {block}
        </span>
      ))}
    </pre>
  );
}
