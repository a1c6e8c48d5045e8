/** A trace on a narrow screen: the same facts in three lines. */

import type { TraceItem } from "@/api/types";
import { LevelCount } from "@/components/badges";
import { Time } from "@/components/Time";
import { type CellContext, Cost, Latency, readablePreview, Tokens, TraceName } from "./columns";
import styles from "./TraceTable.module.css";

export function TraceCard({ item, context }: { item: TraceItem; context: CellContext }) {
  const preview = item.output_preview ?? item.input_preview;
  return (
    <span role="cell" className={styles["card"]}>
      <span className={styles["cardLine"]}>
        <TraceName item={item} projectId={context.projectId} />
        <LevelCount counts={item.level_counts} />
      </span>
      <span className={styles["cardPreview"]}>
        {preview === null ? "No input or output" : readablePreview(preview)}
      </span>
      <span className={styles["cardFacts"]}>
        <Time iso={item.timestamp} />
        <Latency seconds={item.latency_seconds} />
        <span>
          <Tokens item={item} /> tok
        </span>
        <Cost usd={item.total_cost_usd} />
        <span className="truncate">{item.user_id}</span>
      </span>
    </span>
  );
}
