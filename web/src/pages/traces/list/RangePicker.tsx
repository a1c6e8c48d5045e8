/** Chooses the time range: a window back from now, two moments, or any time. */

import { type FormEvent, useState } from "react";
import { Button } from "@/components/Button";
import { Popover } from "@/components/Popover";
import { formatTime, fromLocalInput, toLocalInput } from "@/format/times";
import { type ListSearch, RANGES } from "./search";
import styles from "./Toolbar.module.css";

interface RangePickerProps {
  search: ListSearch;
  onChange: (change: ListSearch) => void;
}

const UNSET: ListSearch = { range: "", since: "", until: "" };

export function rangeLabel(search: ListSearch): string {
  const preset = RANGES.find((range) => range.value === search.range);
  if (preset) return preset.label;
  if (search.since && search.until) return `${formatTime(search.since)} – ${formatTime(search.until)}`;
  if (search.since) return `Since ${formatTime(search.since)}`;
  if (search.until) return `Until ${formatTime(search.until)}`;
  return "Any time";
}

export function RangePicker({ search, onChange }: RangePickerProps) {
  const [isOpen, setIsOpen] = useState(false);
  const choose = (change: ListSearch) => {
    onChange({ ...UNSET, ...change });
    setIsOpen(false);
  };
  const presets = [{ value: "", label: "Any time" }, ...RANGES];
  const isCustom = Boolean(search.since || search.until);
  return (
    <Popover
      label="Time range"
      open={isOpen}
      onOpenChange={setIsOpen}
      trigger={<Button icon="clock">{rangeLabel(search)}</Button>}
    >
      <div className={styles["form"]}>
        <div className={styles["options"]}>
          {presets.map((preset) => (
            <button
              key={preset.value}
              type="button"
              className={styles["option"]}
              aria-current={!isCustom && (search.range ?? "") === preset.value}
              onClick={() => choose({ range: preset.value })}
            >
              {preset.label}
            </button>
          ))}
        </div>
        <div className={styles["divider"]} />
        <CustomRange search={search} onChoose={choose} />
      </div>
    </Popover>
  );
}

function CustomRange({ search, onChoose }: { search: ListSearch; onChoose: (change: ListSearch) => void }) {
  const [since, setSince] = useState(search.since ? toLocalInput(search.since) : "");
  const [until, setUntil] = useState(search.until ? toLocalInput(search.until) : "");
  const isBackwards = since !== "" && until !== "" && since >= until;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onChoose({ since: fromLocalInput(since) ?? "", until: fromLocalInput(until) ?? "" });
  };
  return (
    <form className={styles["form"]} onSubmit={submit}>
      <label className={styles["row"]}>
        From
        <input
          className={styles["input"]}
          type="datetime-local"
          value={since}
          onChange={(event) => setSince(event.target.value)}
        />
      </label>
      <label className={styles["row"]}>
        To (not included)
        <input
          className={styles["input"]}
          type="datetime-local"
          value={until}
          onChange={(event) => setUntil(event.target.value)}
        />
      </label>
      {isBackwards ? <p className={styles["hint"]}>The end must be after the start.</p> : null}
      <Button type="submit" variant="primary" disabled={isBackwards || (since === "" && until === "")}>
        Apply
      </Button>
    </form>
  );
}
