/**
 * The part of Markdown that models write: headings, paragraphs, lists, quotes, code, tables, rules, emphasis, links.
 * Gives a tree of plain data. HTML is text like any other and images become links: nothing here can load or run.
 */

export type Inline =
  | { kind: "text"; text: string }
  | { kind: "code"; text: string }
  | { kind: "strong" | "emphasis" | "strike"; children: Inline[] }
  | { kind: "link"; href: string; children: Inline[] }
  | { kind: "break" };

export type Block =
  | { kind: "paragraph"; children: Inline[] }
  | { kind: "heading"; depth: number; children: Inline[] }
  | { kind: "code"; language: string; text: string }
  | { kind: "quote"; children: Block[] }
  | { kind: "list"; ordered: boolean; start: number; items: Block[][] }
  | { kind: "table"; head: Inline[][]; rows: Inline[][][] }
  | { kind: "rule" };

const FENCE = /^ {0,3}(`{3,}|~{3,})\s*([\w+#.-]*)/;
const HEADING = /^ {0,3}(#{1,6})\s+(.*?)\s*#*\s*$/;
const RULE = /^ {0,3}([-*_])(?:\s*\1){2,}\s*$/;
const ITEM = /^( {0,3})([-*+]|\d{1,9}[.)])(\s+|$)/;
const QUOTE = /^ {0,3}> ?/;
const TABLE_RULE = /^ {0,3}\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)*\|?\s*$/;

/** Nesting beyond this is shown as text: hostile input must not exhaust the stack. */
const MAX_DEPTH = 12;

function startsBlock(line: string): boolean {
  return FENCE.test(line) || HEADING.test(line) || RULE.test(line) || ITEM.test(line) || QUOTE.test(line);
}

interface Cursor {
  lines: string[];
  at: number;
  depth: number;
}

function current(cursor: Cursor): string {
  return cursor.lines[cursor.at] ?? "";
}

function readCode(cursor: Cursor, fence: RegExpExecArray): Block {
  const marker = fence[1] ?? "```";
  const body: string[] = [];
  cursor.at += 1;
  while (cursor.at < cursor.lines.length) {
    const line = current(cursor);
    cursor.at += 1;
    if (line.trim().startsWith(marker) && line.trim().replaceAll(marker[0] ?? "`", "") === "") break;
    body.push(line);
  }
  return { kind: "code", language: fence[2] ?? "", text: body.join("\n") };
}

function readQuote(cursor: Cursor): Block {
  const body: string[] = [];
  while (cursor.at < cursor.lines.length && QUOTE.test(current(cursor))) {
    body.push(current(cursor).replace(QUOTE, ""));
    cursor.at += 1;
  }
  return { kind: "quote", children: readBlocks({ lines: body, at: 0, depth: cursor.depth + 1 }) };
}

function readItem(cursor: Cursor, match: RegExpExecArray): Block[] {
  const indent = match[0].length;
  const body = [current(cursor).slice(indent)];
  cursor.at += 1;
  while (cursor.at < cursor.lines.length) {
    const line = current(cursor);
    const isInside = line.startsWith(" ".repeat(Math.min(indent, 2))) && line.trim() !== "";
    const isGap = line.trim() === "" && /^ {2,}\S/.test(cursor.lines[cursor.at + 1] ?? "");
    if (!isInside && !isGap) break;
    body.push(line.replace(new RegExp(`^ {0,${indent}}`), ""));
    cursor.at += 1;
  }
  return readBlocks({ lines: body, at: 0, depth: cursor.depth + 1 });
}

function readListBlock(cursor: Cursor, match: RegExpExecArray): Block {
  const ordered = /\d/.test(match[2] ?? "");
  const items: Block[][] = [];
  while (cursor.at < cursor.lines.length) {
    const next = ITEM.exec(current(cursor));
    if (next !== null && /\d/.test(next[2] ?? "") === ordered && !RULE.test(current(cursor))) {
      items.push(readItem(cursor, next));
    } else if (current(cursor).trim() === "" && ITEM.test(cursor.lines[cursor.at + 1] ?? "")) {
      cursor.at += 1;
    } else break;
  }
  return { kind: "list", ordered, start: Number.parseInt(match[2] ?? "1", 10) || 1, items };
}

function cells(line: string): Inline[][] {
  const inner = line.trim().replace(/^\|/, "").replace(/\|$/, "");
  return inner.split(/(?<!\\)\|/).map((cell) => readInline(cell.trim().replaceAll("\\|", "|")));
}

function readTable(cursor: Cursor): Block {
  const head = cells(current(cursor));
  cursor.at += 2;
  const rows: Inline[][][] = [];
  while (cursor.at < cursor.lines.length && current(cursor).includes("|")) {
    rows.push(cells(current(cursor)));
    cursor.at += 1;
  }
  return { kind: "table", head, rows };
}

function readParagraph(cursor: Cursor): Block {
  const body: string[] = [];
  do {
    body.push(current(cursor));
    cursor.at += 1;
  } while (cursor.at < cursor.lines.length && current(cursor).trim() !== "" && !startsBlock(current(cursor)));
  return { kind: "paragraph", children: readInline(body.join("\n")) };
}

function readBlock(cursor: Cursor): Block | null {
  const line = current(cursor);
  if (line.trim() === "") {
    cursor.at += 1;
    return null;
  }
  const fence = FENCE.exec(line);
  if (fence) return readCode(cursor, fence);
  const heading = HEADING.exec(line);
  if (heading) {
    cursor.at += 1;
    return { kind: "heading", depth: heading[1]?.length ?? 1, children: readInline(heading[2] ?? "") };
  }
  if (RULE.test(line)) {
    cursor.at += 1;
    return { kind: "rule" };
  }
  if (cursor.depth < MAX_DEPTH) {
    if (QUOTE.test(line)) return readQuote(cursor);
    const item = ITEM.exec(line);
    if (item) return readListBlock(cursor, item);
  }
  if (line.includes("|") && TABLE_RULE.test(cursor.lines[cursor.at + 1] ?? "")) return readTable(cursor);
  return readParagraph(cursor);
}

function readBlocks(cursor: Cursor): Block[] {
  const blocks: Block[] = [];
  while (cursor.at < cursor.lines.length) {
    const block = readBlock(cursor);
    if (block) blocks.push(block);
  }
  return blocks;
}

const INLINE =
  /(`+)([^`]|[^`][\s\S]*?[^`])\1(?!`)|!?\[([^\]\n]*)\]\(\s*<?([^\s)>]+)>?(?:\s+"[^"]*")?\s*\)|(https?:\/\/[^\s<>()[\]"'`]+[^\s<>()[\]"'`.,;:!?])|(\*\*|__)(?=\S)([\s\S]*?\S)\6|(\*|_)(?=\S)([^*_\n]*?\S)\8(?![\w*])|~~(?=\S)([^~\n]*?\S)~~|( {2,}\n|\\\n)/g;

/** Only addresses of the web and of mail may be followed. */
export function safeHref(href: string): string | null {
  return /^(https?:\/\/|mailto:)/i.test(href) ? href : null;
}

function inlineOf(match: RegExpMatchArray, depth: number): Inline {
  const [whole, , code, label, href, url, , strong, , emphasis, strike] = match;
  if (code !== undefined) return { kind: "code", text: code };
  if (href !== undefined) {
    const safe = safeHref(href);
    if (safe === null) return { kind: "text", text: whole };
    return { kind: "link", href: safe, children: readInline(label || href, depth + 1) };
  }
  if (url !== undefined) return { kind: "link", href: url, children: [{ kind: "text", text: url }] };
  if (strong !== undefined) return { kind: "strong", children: readInline(strong, depth + 1) };
  if (emphasis !== undefined) return { kind: "emphasis", children: readInline(emphasis, depth + 1) };
  if (strike !== undefined) return { kind: "strike", children: readInline(strike, depth + 1) };
  return { kind: "break" };
}

function isInsideWord(text: string, match: RegExpMatchArray): boolean {
  return whole(match).startsWith("_") && /\w/.test(text[match.index === undefined ? -1 : match.index - 1] ?? " ");
}

function whole(match: RegExpMatchArray): string {
  return match[0];
}

/** Read the marks inside a line or a paragraph. */
export function readInline(text: string, depth = 0): Inline[] {
  if (depth > MAX_DEPTH) return [{ kind: "text", text }];
  const found: Inline[] = [];
  let from = 0;
  for (const match of text.matchAll(INLINE)) {
    if (isInsideWord(text, match)) continue;
    if (match.index > from) found.push({ kind: "text", text: text.slice(from, match.index) });
    found.push(inlineOf(match, depth));
    from = match.index + whole(match).length;
  }
  if (from < text.length) found.push({ kind: "text", text: text.slice(from) });
  return found;
}

/** Read a text as Markdown. */
export function readMarkdown(text: string): Block[] {
  return readBlocks({ lines: text.replaceAll("\r\n", "\n").split("\n"), at: 0, depth: 0 });
}
