/** The columns of a run's items, and the item as a card. */

import { Link } from "@tanstack/react-router";
import type { RunItem } from "@/api/types";
import { LevelCount } from "@/components/badges";
import type { DataColumn } from "@/components/DataTable";
import tableStyles from "@/components/DataTable.module.css";
import { Icon } from "@/components/icons";
import { NONE } from "@/format/numbers";
import { formatScoreValue } from "@/format/scores";
import { Cost, Latency, readablePreview } from "@/pages/traces/list/columns";
import datasetStyles from "../datasets.module.css";
import styles from "./runs.module.css";

export interface ItemContext {
  projectId: string;
  open: ReadonlySet<string>;
  toggle: (id: string) => void;
}

export function itemColumns(context: ItemContext, hasExpected: boolean): DataColumn<RunItem>[] {
  const columns: DataColumn<RunItem>[] = [
    {
      id: "item",
      label: "Item",
      width: "minmax(8rem, 0.7fr)",
      cell: (item) => (
        <span className={tableStyles["line"]}>
          <ItemToggle item={item} context={context} />
          <LevelCount counts={{ ERROR: item.error_count }} />
        </span>
      ),
    },
    { id: "input", label: "Input", width: "minmax(9rem, 1.4fr)", cell: (item) => <Preview text={item.input} /> },
    { id: "output", label: "Output", width: "minmax(9rem, 1.4fr)", cell: (item) => <Preview text={item.output} /> },
    {
      id: "expected",
      label: "Expected",
      width: "minmax(8rem, 1.1fr)",
      cell: (item) => <Preview text={item.expected_output} />,
    },
    { id: "scores", label: "Scores", width: "minmax(8rem, 0.9fr)", cell: (item) => <ItemScores item={item} /> },
    {
      id: "latency",
      label: "Latency",
      width: "5rem",
      align: "end",
      cell: (item) => <Latency seconds={item.latency_seconds} />,
    },
    { id: "cost", label: "Cost", width: "5rem", align: "end", cell: (item) => <Cost usd={item.total_cost_usd} /> },
    {
      id: "trace",
      label: "Trace",
      width: "4.5rem",
      align: "end",
      cell: (item) => <TraceLink item={item} projectId={context.projectId} />,
    },
  ];
  return hasExpected ? columns : columns.filter((column) => column.id !== "expected");
}

export function ItemCard({ item, context }: { item: RunItem; context: ItemContext }) {
  return (
    <>
      <span className={tableStyles["line"]}>
        <ItemToggle item={item} context={context} />
        <LevelCount counts={{ ERROR: item.error_count }} />
        <TraceLink item={item} projectId={context.projectId} />
      </span>
      <span className={tableStyles["note"]}>{item.input === null ? "No input" : readablePreview(item.input)}</span>
      <span className={`${tableStyles["note"]} ${styles["said"]}`}>
        {item.output === null ? "No output" : readablePreview(item.output)}
      </span>
      <span className={tableStyles["facts"]}>
        <ItemScores item={item} />
        <Latency seconds={item.latency_seconds} />
        <Cost usd={item.total_cost_usd} />
      </span>
    </>
  );
}

function ItemToggle({ item, context }: { item: RunItem; context: ItemContext }) {
  const isOpen = context.open.has(item.id);
  const name = item.dataset_item_id || item.trace_id;
  return (
    <button
      type="button"
      className={`${tableStyles["name"]} ${styles["toggle"]}`}
      aria-expanded={isOpen}
      title={name}
      data-row-link
      onClick={() => context.toggle(item.id)}
    >
      <Icon name="right" size={12} />
      <span className="truncate">{name}</span>
    </button>
  );
}

function TraceLink({ item, projectId }: { item: RunItem; projectId: string }) {
  return (
    <Link
      to="/project/$projectId/traces/$traceId"
      params={{ projectId, traceId: item.trace_id }}
      search={item.observation_id === null ? {} : { observation: item.observation_id }}
      className={`${tableStyles["above"]} ${styles["link"]}`}
      aria-label={`Open the trace of ${item.dataset_item_id || item.trace_id}`}
    >
      Open
    </Link>
  );
}

function Preview({ text }: { text: string | null }) {
  if (text === null) return NONE;
  return <div className={styles["preview"]}>{readablePreview(text)}</div>;
}

/** More would make the row higher than what came out deserves; all of them stand below the open row. */
const MOST_SCORES = 4;

function ItemScores({ item }: { item: RunItem }) {
  if (item.scores.length === 0) return NONE;
  const rest = item.scores.length - MOST_SCORES;
  return (
    <span className={datasetStyles["chips"]}>
      {item.scores.slice(0, rest > 1 ? MOST_SCORES : undefined).map((score) => (
        <span key={score.id} className={datasetStyles["chip"]}>
          <span className="truncate">{score.name}</span>
          <b>{formatScoreValue(score)}</b>
        </span>
      ))}
      {rest > 1 ? <span className={datasetStyles["chip"]}>+{rest}</span> : null}
    </span>
  );
}
