/** Search, time range, filters and the live switch above a list of traces. */

import { type ReactNode, useEffect, useRef, useState } from "react";
import type { TraceListKey } from "@/api/queries";
import { usePageKey } from "@/app/hooks";
import { Icon } from "@/components/icons";
import { FilterChips, FilterMenu } from "./Filters";
import { RangePicker } from "./RangePicker";
import { canBeLive, FILTERS, type FilterField, type ListSearch } from "./search";
import styles from "./Toolbar.module.css";

interface ToolbarProps {
  search: ListSearch;
  listKey: TraceListKey;
  onChange: (change: ListSearch, replace?: boolean) => void;
  onClear: () => void;
  /** Filters that the page sets itself. */
  fixed?: FilterField["key"][];
  children?: ReactNode;
}

export function Toolbar({ search, listKey, onChange, onClear, fixed = [], children }: ToolbarProps) {
  const fields = FILTERS.filter((field) => !fixed.includes(field.key));
  return (
    <div className={styles["toolbar"]} role="search">
      {children}
      <SearchField value={search.q ?? ""} onChange={(q) => onChange({ q }, true)} />
      <RangePicker search={search} onChange={onChange} />
      <FilterMenu fields={fields} search={search} listKey={listKey} onChange={onChange} />
      <FilterChips fields={fields} search={search} onChange={onChange} onClear={onClear} />
      <LiveSwitch search={search} onChange={onChange} />
    </div>
  );
}

const SETTLE_MS = 250;

function SearchField({ value, onChange }: { value: string; onChange: (value: string) => void }) {
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
        placeholder="Search id, name, user or session"
        aria-label="Search traces by id, name, user or session"
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

function LiveSwitch({ search, onChange }: Pick<ToolbarProps, "search" | "onChange">) {
  const isPossible = canBeLive(search);
  const isLive = isPossible && search.live !== "off";
  return (
    <button
      type="button"
      role="switch"
      aria-checked={isLive}
      disabled={!isPossible}
      className={styles["live"]}
      title={isPossible ? "Show new traces as they arrive" : "This time range ends in the past"}
      onClick={() => onChange({ live: isLive ? "off" : "" }, true)}
    >
      <span className={styles["dot"]} aria-hidden="true" />
      Live
    </button>
  );
}
