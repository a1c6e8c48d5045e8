/** What a panel shows when its data could not be had: the server's own words, its hint, and a way on. */

import type { ReactNode } from "react";
import { ApiError } from "@/api/client";
import { Button } from "./Button";
import { Icon } from "./icons";
import styles from "./states.module.css";

interface ErrorPanelProps {
  error: unknown;
  title: string;
  onRetry?: (() => void) | undefined;
  children?: ReactNode;
}

export function ErrorPanel({ error, title, onRetry, children }: ErrorPanelProps) {
  const message = error instanceof Error ? error.message : String(error);
  const hint = error instanceof ApiError ? error.hint : null;
  return (
    <div className={styles["state"]} role="alert">
      <span className={styles["danger"]}>
        <Icon name="alert" size={22} />
      </span>
      <h2 className={styles["title"]}>{title}</h2>
      <p className={styles["message"]}>{message}</p>
      {hint ? <p className={styles["hint"]}>{hint}</p> : null}
      <div className={styles["actions"]}>
        {onRetry ? (
          <Button icon="refresh" onClick={onRetry}>
            Try again
          </Button>
        ) : null}
        {children}
      </div>
    </div>
  );
}

/** Nothing to show, and why. */
export function EmptyState({ title, message, children }: { title: string; message: string; children?: ReactNode }) {
  return (
    <div className={styles["state"]}>
      <h2 className={styles["title"]}>{title}</h2>
      <p className={styles["message"]}>{message}</p>
      <div className={styles["actions"]}>{children}</div>
    </div>
  );
}
