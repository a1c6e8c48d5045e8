/** A field that narrows a list. It waits until the typing pauses, and `/` leads to it from anywhere. */

import { useEffect, useRef, useState } from "react";
import { usePageKey } from "@/app/hooks";
import { Icon } from "./icons";
import styles from "./SearchField.module.css";

const SETTLE_MS = 250;

interface SearchFieldProps {
  value: string;
  placeholder: string;
  label: string;
  onChange: (value: string) => void;
}

export function SearchField({ value, placeholder, label, onChange }: SearchFieldProps) {
  const input = useRef<HTMLInputElement>(null);
  const [draft, setDraft] = useState(value);
  const [known, setKnown] = useState(value);
  // The URL changed elsewhere (back, a cleared filter): the field follows.
  if (known !== value) {
    setKnown(value);
    setDraft(value);
  }
  useEffect(() => {
    if (draft === value) return undefined;
    const timer = setTimeout(() => onChange(draft.trim()), SETTLE_MS);
    return () => clearTimeout(timer);
  }, [draft, value, onChange]);
  usePageKey("/", (event) => {
    event.preventDefault();
    input.current?.select();
  });
  return (
    <label className={styles["search"]}>
      <Icon name="search" size={14} />
      <input
        ref={input}
        type="search"
        value={draft}
        placeholder={placeholder}
        aria-label={label}
        spellCheck={false}
        onChange={(event) => setDraft(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === "Enter") onChange(draft.trim());
          if (event.key === "Escape") setDraft("");
        }}
      />
      {draft === "" ? <kbd aria-hidden="true">/</kbd> : null}
    </label>
  );
}
