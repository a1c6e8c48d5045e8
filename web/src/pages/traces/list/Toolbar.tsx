/** Search, time range, filters and the live switch above a list of traces. */

import type { ReactNode } from "react";
import type { TraceListKey } from "@/api/queries";
import { SearchField } from "@/components/SearchField";
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
      <SearchField
        value={search.q ?? ""}
        placeholder="Search id, name, user or session"
        label="Search traces by id, name, user or session"
        onChange={(q) => onChange({ q }, true)}
      />
      <RangePicker search={search} onChange={onChange} />
      <FilterMenu fields={fields} search={search} listKey={listKey} onChange={onChange} />
      <FilterChips fields={fields} search={search} onChange={onChange} onClear={onClear} />
      <LiveSwitch search={search} onChange={onChange} />
    </div>
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
