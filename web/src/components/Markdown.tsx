/** Draws what `payload/markdown.ts` read. Elements only, never HTML from a text: a payload cannot bring code along. */

import { Fragment, memo, type ReactNode } from "react";
import { type Block, type Inline, readMarkdown } from "@/payload/markdown";
import { isLong, LongText } from "./LongText";
import styles from "./payload.module.css";

function drawInline(inlines: Inline[]): ReactNode {
  // biome-ignore lint/suspicious/noArrayIndexKey: a text's parts never change places
  return inlines.map((inline, index) => <Fragment key={index}>{drawOne(inline)}</Fragment>);
}

function drawOne(inline: Inline): ReactNode {
  switch (inline.kind) {
    case "text":
      return inline.text;
    case "code":
      return <code className={styles["code"]}>{inline.text}</code>;
    case "strong":
      return <strong>{drawInline(inline.children)}</strong>;
    case "emphasis":
      return <em>{drawInline(inline.children)}</em>;
    case "strike":
      return <s>{drawInline(inline.children)}</s>;
    case "break":
      return <br />;
    case "link":
      return (
        <a href={inline.href} target="_blank" rel="noopener noreferrer" title={inline.href}>
          {drawInline(inline.children)}
        </a>
      );
  }
}

function drawBlock(block: Block): ReactNode {
  switch (block.kind) {
    case "paragraph":
      return <p>{drawInline(block.children)}</p>;
    case "heading":
      // Not <h1>…: headings of a payload are not headings of this page.
      return (
        <p className={styles["heading"]} data-depth={block.depth}>
          {drawInline(block.children)}
        </p>
      );
    case "code":
      return (
        <pre className={styles["fence"]}>
          <code>
            <LongText text={block.text} />
          </code>
        </pre>
      );
    case "quote":
      return <blockquote>{drawBlocks(block.children)}</blockquote>;
    case "list":
      return block.ordered ? <ol start={block.start}>{drawItems(block.items)}</ol> : <ul>{drawItems(block.items)}</ul>;
    case "table":
      return <Table head={block.head} rows={block.rows} />;
    case "rule":
      return <hr />;
  }
}

function drawBlocks(blocks: Block[]): ReactNode {
  // biome-ignore lint/suspicious/noArrayIndexKey: a text's blocks never change places
  return blocks.map((block, index) => <Fragment key={index}>{drawBlock(block)}</Fragment>);
}

function drawItems(items: Block[][]): ReactNode {
  return items.map((item, index) => {
    const [only] = item;
    const isTight = item.length === 1 && only?.kind === "paragraph";
    // biome-ignore lint/suspicious/noArrayIndexKey: a list's items never change places
    return <li key={index}>{isTight ? drawInline(only.children) : drawBlocks(item)}</li>;
  });
}

/* biome-ignore-start lint/suspicious/noArrayIndexKey: a table's cells never change places */
function Table({ head, rows }: { head: Inline[][]; rows: Inline[][][] }) {
  return (
    <div className={styles["tableBox"]}>
      <table>
        <thead>
          <tr>
            {head.map((cell, index) => (
              <th key={index}>{drawInline(cell)}</th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, line) => (
            <tr key={line}>
              {row.map((cell, index) => (
                <td key={index}>{drawInline(cell)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
/* biome-ignore-end lint/suspicious/noArrayIndexKey: a table's cells never change places */

/** Above this a text is shown as it is: reading its marks would cost more than they tell. */
const MAX_LENGTH = 40_000;

export const Markdown = memo(function Markdown({ text }: { text: string }) {
  if (text.length > MAX_LENGTH) {
    return <div className={styles["plainText"]}>{isLong(text) ? <LongText text={text} /> : text}</div>;
  }
  return <div className={styles["markdown"]}>{drawBlocks(readMarkdown(text))}</div>;
});
