/** Payload texts and the JSON in them. Owns parsing; recognising and drawing are elsewhere. */

export type Json = null | boolean | number | string | Json[] | JsonObject;
export interface JsonObject {
  [key: string]: Json;
}

export function isRecord(value: unknown): value is JsonObject {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}

/** The text itself when it is a text with anything in it. */
export function asText(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}

export interface Payload {
  /** As the server keeps it. */
  text: string;
  isJson: boolean;
  /** The JSON value, or the text when it is not JSON. */
  value: Json;
}

/**
 * Numbers that a double cannot hold would be shown with wrong digits: they are kept as their text. Only engines that
 * hand the source text to the reviver can do it; the others show what a double can.
 */
function keepDigits(_key: string, value: unknown, context?: { source?: string }): unknown {
  if (typeof value !== "number" || Number.isSafeInteger(value) || context?.source === undefined) return value;
  return /^-?\d+$/.test(context.source) || !Number.isFinite(value) ? context.source : value;
}

const parseKeepingDigits = JSON.parse as (
  text: string,
  reviver: (key: string, value: unknown, context?: { source?: string }) => unknown,
) => Json;

/** Read a payload text. Above `REVIVE_LIMIT` characters digits are not guarded: a reviver costs too much there. */
export function parsePayload(text: string): Payload {
  const start = /^[\s]*[[{"\-0-9tfn]/.test(text);
  if (!start) return { text, isJson: false, value: text };
  try {
    const value = text.length <= REVIVE_LIMIT ? parseKeepingDigits(text, keepDigits) : (JSON.parse(text) as Json);
    return { text, isJson: true, value };
  } catch {
    return { text, isJson: false, value: text };
  }
}

export const REVIVE_LIMIT = 2_000_000;

/** JSON inside a string, as tool arguments are sent; anything else stays what it is. */
export function parseLoosely(value: Json): Json {
  if (typeof value !== "string" || !/^\s*[[{]/.test(value)) return value;
  try {
    return JSON.parse(value) as Json;
  } catch {
    return value;
  }
}

/** One line that says what a value holds: `{3 keys}`, `[12]`. */
export function summarize(value: Json): string {
  if (Array.isArray(value)) return value.length === 1 ? "[1 item]" : `[${value.length} items]`;
  if (isRecord(value)) {
    const count = Object.keys(value).length;
    return count === 1 ? "{1 key}" : `{${count} keys}`;
  }
  return String(value);
}
