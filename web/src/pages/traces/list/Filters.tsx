/** Filters of a list: a panel to choose field and value, and one chip for each that is set. */

import { useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { type TraceListKey, tracesQuery } from "@/api/queries";
import type { TraceItem } from "@/api/types";
import { Button, IconButton } from "@/components/Button";
import { Popover } from "@/components/Popover";
import { flattenFeed } from "./feed";
import type { FilterField, ListSearch } from "./search";
import styles from "./Toolbar.module.css";

interface FiltersProps {
  fields: readonly FilterField[];
  search: ListSearch;
  onChange: (change: ListSearch) => void;
}

export function FilterChips({ fields, search, onChange, onClear }: FiltersProps & { onClear: () => void }) {
  const active = fields.filter((field) => search[field.key]);
  if (active.length === 0) return null;
  return (
    <div className={styles["chips"]}>
      {active.map((field) => (
        <span key={field.key} className={styles["chip"]}>
          {field.label} <b title={search[field.key]}>{search[field.key]}</b>
          <IconButton
            icon="close"
            label={`Remove filter ${field.label}`}
            onClick={() => onChange({ [field.key]: "" })}
          />
        </span>
      ))}
      {active.length > 1 ? (
        <Button variant="plain" onClick={onClear}>
          Clear all
        </Button>
      ) : null}
    </div>
  );
}

const READ: Record<FilterField["key"], (item: TraceItem) => (string | null)[]> = {
  name: (item) => [item.name],
  user: (item) => [item.user_id],
  session: (item) => [item.session_id],
  environment: (item) => [item.environment],
  level: () => [],
  tag: (item) => item.tags,
};

const MAX_SUGGESTIONS = 40;

/** Values seen in the rows at hand, the most frequent first. */
export function suggestValues(field: FilterField, rows: TraceItem[], typed: string): string[] {
  const counts = new Map<string, number>();
  for (const value of field.values ?? rows.flatMap(READ[field.key])) {
    if (value?.toLowerCase().includes(typed.toLowerCase())) counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  const sorted = [...counts].sort(([, one], [, other]) => other - one);
  return sorted.slice(0, MAX_SUGGESTIONS).map(([value]) => value);
}

export function FilterMenu({ fields, search, listKey, onChange }: FiltersProps & { listKey: TraceListKey }) {
  const [isOpen, setIsOpen] = useState(false);
  return (
    <Popover
      label="Add a filter"
      open={isOpen}
      onOpenChange={setIsOpen}
      trigger={
        <Button icon="filter" aria-label="Filter">
          Filter
        </Button>
      }
    >
      <FilterForm
        fields={fields}
        search={search}
        listKey={listKey}
        onChange={(change) => {
          onChange(change);
          setIsOpen(false);
        }}
      />
    </Popover>
  );
}

function FilterForm({ fields, search, listKey, onChange }: FiltersProps & { listKey: TraceListKey }) {
  const queryClient = useQueryClient();
  const [field, setField] = useState<FilterField | undefined>(fields[0]);
  const [typed, setTyped] = useState("");
  if (!field) return null;
  const rows = flattenFeed(queryClient.getQueryData(tracesQuery(listKey).queryKey));
  const options = suggestValues(field, rows, typed);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const value = field.values ? options[0] : typed.trim();
    if (value) onChange({ [field.key]: value });
  };
  return (
    <form className={styles["form"]} onSubmit={submit}>
      <fieldset className={styles["fields"]} aria-label="Field">
        {fields.map((candidate) => (
          <button
            key={candidate.key}
            type="button"
            className={styles["choice"]}
            aria-pressed={candidate.key === field.key}
            onClick={() => {
              setField(candidate);
              setTyped("");
            }}
          >
            {candidate.label}
          </button>
        ))}
      </fieldset>
      <input
        className={styles["input"]}
        value={typed}
        aria-label={`${field.label} is`}
        placeholder={`${field.label} is…`}
        spellCheck={false}
        autoComplete="off"
        onChange={(event) => setTyped(event.target.value)}
      />
      <div className={styles["options"]}>
        {options.map((option) => (
          <button
            key={option}
            type="button"
            className={`${styles["option"]} truncate`}
            aria-current={search[field.key] === option}
            onClick={() => onChange({ [field.key]: option })}
          >
            {option}
          </button>
        ))}
      </div>
      {field.values ? null : (
        <p className={styles["hint"]}>
          Suggestions come from the rows on the page. Any other value: type it, then Enter.
        </p>
      )}
    </form>
  );
}
