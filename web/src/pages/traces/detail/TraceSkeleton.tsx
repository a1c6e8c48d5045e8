import { Skeleton } from "@/components/Skeleton";
import styles from "./TraceHeader.module.css";

const ROWS = Array.from({ length: 14 }, (_, index) => index);

/** The page in the making: header and rows as high as they will be. */
export function TraceSkeleton() {
  return (
    <div role="status" aria-label="Loading the trace">
      <div className={styles["header"]}>
        <div className={styles["skeletonTitle"]}>
          <Skeleton width="14rem" />
        </div>
        <div className={styles["skeletonFacts"]}>
          <Skeleton width="34rem" />
        </div>
      </div>
      {ROWS.map((row) => (
        <div key={row} className={styles["skeletonRow"]} style={{ paddingLeft: `${1 + ((row * 3) % 5)}rem` }}>
          <Skeleton width={`${8 + ((row * 7) % 12)}rem`} />
        </div>
      ))}
    </div>
  );
}
