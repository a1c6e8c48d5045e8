/**
 * The query string of every page. Values are texts, always: an id such as `1234567890123456789` or `12e34` is not a
 * number, and must come back from the URL exactly as it went in.
 */

export type Search = Record<string, string>;

export function parseSearch(text: string): Search {
  return Object.fromEntries(new URLSearchParams(text));
}

export function stringifySearch(search: Record<string, unknown>): string {
  const params = new URLSearchParams();
  for (const [key, value] of Object.entries(search)) {
    if (typeof value === "string" && value !== "") params.set(key, value);
  }
  const text = params.toString();
  return text === "" ? "" : `?${text}`;
}

/** Keep the named values of a query string and drop the empty ones. */
export function pickSearch<Key extends string>(search: Record<string, unknown>, keys: readonly Key[]) {
  const picked: Partial<Record<Key, string>> = {};
  for (const key of keys) {
    const value = search[key];
    if (typeof value === "string" && value !== "") picked[key] = value;
  }
  return picked;
}
