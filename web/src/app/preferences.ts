/** Sizes and places that the browser remembers for its viewer. What belongs to a view is in the URL, not here. */

import { useState } from "react";

export function readPreference(key: string): string | null {
  try {
    return localStorage.getItem(`spanwise.${key}`);
  } catch {
    return null;
  }
}

export function writePreference(key: string, value: string): void {
  try {
    localStorage.setItem(`spanwise.${key}`, value);
  } catch {
    // Storage may be blocked or full: nothing here is worth an error.
  }
}

export function useNumberPreference(key: string, initial: number): [number, (value: number) => void] {
  const [value, setValue] = useState(() => {
    const stored = Number.parseFloat(readPreference(key) ?? "");
    return Number.isFinite(stored) ? stored : initial;
  });
  const change = (next: number) => {
    setValue(next);
    writePreference(key, String(next));
  };
  return [value, change];
}
