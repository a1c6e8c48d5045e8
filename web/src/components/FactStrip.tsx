/** The facts of a thing in one strip, each with its name. */

import type { ReactNode } from "react";
import styles from "./FactStrip.module.css";

export function FactStrip({ children }: { children: ReactNode }) {
  return <dl className={styles["facts"]}>{children}</dl>;
}

export function Fact({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className={styles["fact"]}>
      <dt>{label}</dt>
      <dd className="truncate">{children}</dd>
    </div>
  );
}
