/** The labels of a version or a name. `production` is what programs get unless they ask for another. */

import { NONE } from "@/format/numbers";
import styles from "./prompts.module.css";

const FIRST = ["production", "latest"];

function rank(label: string): number {
  const place = FIRST.indexOf(label);
  return place < 0 ? FIRST.length : place;
}

export function Labels({ labels }: { labels: string[] }) {
  if (labels.length === 0) return NONE;
  const sorted = labels.toSorted((one, other) => rank(one) - rank(other) || one.localeCompare(other));
  return (
    <span className={styles["chips"]}>
      {sorted.map((label) => (
        <span key={label} className={styles["label"]} data-label={label} title={label}>
          {label}
        </span>
      ))}
    </span>
  );
}
