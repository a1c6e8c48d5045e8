import { Skeleton } from "@/components/Skeleton";
import styles from "./TraceList.module.css";

const ROWS = Array.from({ length: 24 }, (_, index) => index);

/** Rows in the making, each as high as a row will be. */
export function ListSkeleton() {
  return (
    <div className={styles["skeleton"]} role="status" aria-label="Loading traces">
      <div className={styles["skeletonHead"]} />
      {ROWS.map((row) => (
        <div key={row} className={styles["skeletonRow"]}>
          <Skeleton width="90%" />
          <Skeleton width={`${55 + ((row * 37) % 45)}%`} />
          <Skeleton width={`${40 + ((row * 53) % 55)}%`} />
          <Skeleton width={`${30 + ((row * 29) % 60)}%`} />
          <Skeleton width="70%" />
          <Skeleton width="60%" />
        </div>
      ))}
    </div>
  );
}
