/** A project without traces: the lines that point an application here. Turns into the list when the first one arrives. */

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { baseUrl } from "@/api/client";
import { newestTracesQuery, type TraceListKey, tracesQuery } from "@/api/queries";
import { CopyButton } from "@/components/CopyButton";
import styles from "./FirstTrace.module.css";
import { LIVE_INTERVAL_MS } from "./useTraceFeed";

export function connectionLines(host: string): string[] {
  return [`LANGFUSE_HOST=${host}`, "LANGFUSE_PUBLIC_KEY=pk-lf-…", "LANGFUSE_SECRET_KEY=sk-lf-…"];
}

export function FirstTrace({ listKey }: { listKey: TraceListKey }) {
  const queryClient = useQueryClient();
  const newest = useQuery(newestTracesQuery(listKey, LIVE_INTERVAL_MS));
  const hasArrived = (newest.data?.items.length ?? 0) > 0;
  useEffect(() => {
    if (hasArrived) void queryClient.invalidateQueries({ queryKey: tracesQuery(listKey).queryKey });
  }, [hasArrived, listKey, queryClient]);
  const host = baseUrl().replace(/\/$/, "");
  const lines = connectionLines(host);
  return (
    <section className={styles["page"]} aria-labelledby="first-trace">
      <div className={styles["card"]}>
        <h2 id="first-trace" className={styles["title"]}>
          Send the first trace
        </h2>
        <p className={styles["lead"]}>
          Point an application that uses a Langfuse SDK at this server. No code changes: three environment variables are
          all.
        </p>
        <div className={styles["lines"]}>
          <pre>{lines.join("\n")}</pre>
          <CopyButton text={lines.join("\n")} label="Copy the three lines" className={styles["copy"]} />
        </div>
        <p className={styles["note"]}>
          The key pair was printed when the server first started. Newer SDKs also read the address from{" "}
          <code>LANGFUSE_BASE_URL</code>. Plain OpenTelemetry: send OTLP over HTTP to{" "}
          <code>{host}/api/public/otel</code> with the key pair as Basic authentication.
        </p>
        <p className={styles["waiting"]} role="status">
          <span className={styles["pulse"]} aria-hidden="true" />
          Waiting for the first trace. It appears here by itself.
        </p>
      </div>
    </section>
  );
}
