/** The shape of what is about to appear, in the size it will have. */

import styles from "./states.module.css";

export function Skeleton({ width = "100%" }: { width?: string }) {
  return <span className={styles["skeleton"]} style={{ width }} aria-hidden="true" />;
}
