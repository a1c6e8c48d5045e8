/** The content of a prompt as parts to draw: messages, placeholders, and in every text its variables and references. */

import { isRecord, type Json } from "./json";

export type TemplatePart =
  | { kind: "text"; text: string }
  | { kind: "variable"; text: string; name: string }
  | { kind: "reference"; text: string; name: string; version: string | null; label: string | null };

export type PromptPart =
  | { kind: "message"; role: string; content: Json }
  | { kind: "placeholder"; name: string }
  | { kind: "other"; value: Json };

/**
 * A variable, or a reference to another prompt: what is replaced when the prompt is used. Space around a name is cut
 * off afterwards: a pattern for it would take quadratic time for a text of spaces.
 */
const REPLACED = /\{\{([^{}]+)\}\}|@@@langfusePrompt:(.*?)@@@/g;

export function readTemplate(text: string): TemplatePart[] {
  const parts: TemplatePart[] = [];
  let from = 0;
  for (const match of text.matchAll(REPLACED)) {
    const part = match[1] === undefined ? readReference(match[0], match[2] ?? "") : readVariable(match[0], match[1]);
    if (part === null) continue;
    if (match.index > from) parts.push({ kind: "text", text: text.slice(from, match.index) });
    parts.push(part);
    from = match.index + match[0].length;
  }
  if (from < text.length || parts.length === 0) parts.push({ kind: "text", text: text.slice(from) });
  return parts;
}

function readVariable(text: string, inner: string): TemplatePart | null {
  const name = inner.trim();
  return name === "" ? null : { kind: "variable", text, name };
}

/** `name=<name>|version=<number>` or `name=<name>|label=<label>`; anything else is plain text. */
function readReference(text: string, body: string): TemplatePart | null {
  const found = /^name=(.+)\|(version|label)=([^|]+)$/.exec(body);
  const [, name, by, value] = found ?? [];
  if (name === undefined || value === undefined) return null;
  return {
    kind: "reference",
    text,
    name,
    version: by === "version" ? value : null,
    label: by === "label" ? value : null,
  };
}

/** The messages of a chat prompt in their order, or null when the content is not a list of them. */
export function readMessages(content: Json): PromptPart[] | null {
  if (!Array.isArray(content)) return null;
  return content.map((entry) => {
    if (!isRecord(entry)) return { kind: "other", value: entry };
    const { type, name, role } = entry;
    if (type === "placeholder" && typeof name === "string") return { kind: "placeholder", name };
    if (typeof role === "string" && entry["content"] !== undefined) {
      return { kind: "message", role, content: entry["content"] };
    }
    return { kind: "other", value: entry };
  });
}

export interface Inputs {
  variables: string[];
  placeholders: string[];
}

/** What a caller has to give, each name once, in the order of first use. */
export function inputsOf(content: Json): Inputs {
  const variables = new Set<string>();
  const placeholders = new Set<string>();
  const read = (text: string) => {
    for (const part of readTemplate(text)) if (part.kind === "variable") variables.add(part.name);
  };
  if (typeof content === "string") read(content);
  for (const part of readMessages(content) ?? []) {
    if (part.kind === "placeholder") placeholders.add(part.name);
    if (part.kind === "message" && typeof part.content === "string") read(part.content);
  }
  return { variables: [...variables], placeholders: [...placeholders] };
}
