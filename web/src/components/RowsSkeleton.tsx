/** Rows in the making, each as high as a row will be. */

import styles from "./RowsSkeleton.module.css";
import { Skeleton } from "./Skeleton";

const ROWS = Array.from({ length: 14 }, (_, index) => index);

export function RowsSkeleton({ label }: { label: string }) {
  return (
    <div className={styles["rows"]} role="status" aria-label={label}>
      {ROWS.map((row) => (
        <div key={row} className={styles["row"]}>
          <Skeleton width={`${45 + ((row * 37) % 45)}%`} />
          <Skeleton width={`${35 + ((row * 53) % 55)}%`} />
          <Skeleton width="60%" />
        </div>
      ))}
    </div>
  );
}
