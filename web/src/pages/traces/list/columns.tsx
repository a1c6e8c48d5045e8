/** The columns of the list of traces. A new column is one row here. */

import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { TraceItem } from "@/api/types";
import { LevelCount, Tag } from "@/components/badges";
import { Time } from "@/components/Time";
import { formatDuration, formatExactDuration } from "@/format/durations";
import { formatCompact, formatCost, formatExactCost, formatInteger, NONE } from "@/format/numbers";
import { orderedUsage, totalUsage, usageLabel } from "@/format/usage";
import type { ListSearch } from "./search";
import styles from "./TraceTable.module.css";

export interface CellContext {
  projectId: string;
  /** Narrow the list to a value that was clicked; absent where the list cannot be narrowed. */
  onFilter: ((change: ListSearch) => void) | undefined;
}

export interface Column {
  id: string;
  label: string;
  /** A track of the grid. */
  width: string;
  align?: "end";
  cell: (item: TraceItem, context: CellContext) => ReactNode;
}

export function Tokens({ item }: { item: TraceItem }) {
  const total = totalUsage(item.usage);
  if (total === null) return NONE;
  const lines = orderedUsage(item.usage).map(([key, count]) => `${usageLabel(key)}: ${formatInteger(count)}`);
  return <span title={lines.join("\n")}>{formatCompact(total)}</span>;
}

export function Cost({ usd }: { usd: number | null }) {
  return usd === null ? NONE : <span title={formatExactCost(usd)}>{formatCost(usd)}</span>;
}

export function Latency({ seconds }: { seconds: number | null }) {
  return seconds === null ? NONE : <span title={formatExactDuration(seconds)}>{formatDuration(seconds)}</span>;
}

export function TraceName({ item, projectId }: { item: TraceItem; projectId: string }) {
  return (
    <Link
      to="/project/$projectId/traces/$traceId"
      params={{ projectId, traceId: item.id }}
      className={styles["name"]}
      title={item.name ?? item.id}
      data-row-link
    >
      {item.name ?? <span className={styles["unnamed"]}>{item.id}</span>}
    </Link>
  );
}

export function UserLink({ id, projectId }: { id: string | null; projectId: string }) {
  if (id === null) return <span className={styles["none"]}>{NONE}</span>;
  return (
    <Link
      to="/project/$projectId/users/$userId"
      params={{ projectId, userId: id }}
      className={styles["link"]}
      title={id}
    >
      {id}
    </Link>
  );
}

export function SessionLink({ id, projectId }: { id: string | null; projectId: string }) {
  if (id === null) return <span className={styles["none"]}>{NONE}</span>;
  return (
    <Link
      to="/project/$projectId/sessions/$sessionId"
      params={{ projectId, sessionId: id }}
      className={styles["link"]}
      title={id}
    >
      {id}
    </Link>
  );
}

function Tags({ item, context }: { item: TraceItem; context: CellContext }) {
  const { onFilter } = context;
  const marks = item.environment === "default" ? [] : [{ key: "environment", value: item.environment } as const];
  const all = [...marks, ...item.tags.map((value) => ({ key: "tag", value }) as const)];
  return (
    <span className={styles["tags"]}>
      {all.map(({ key, value }) =>
        onFilter ? (
          <button
            key={`${key}:${value}`}
            type="button"
            className={styles["tag"]}
            aria-label={`Only ${key} ${value}`}
            onClick={() => onFilter({ [key]: value })}
          >
            <Tag>{value}</Tag>
          </button>
        ) : (
          <Tag key={`${key}:${value}`}>{value}</Tag>
        ),
      )}
    </span>
  );
}

function Preview({ text }: { text: string | null }) {
  return text === null ? (
    <span className={styles["none"]}>{NONE}</span>
  ) : (
    <span title={text}>{readablePreview(text)}</span>
  );
}

/**
 * The start of a payload as a reader wants it in one line: the last text said, without the braces and keys around it.
 * A preview is cut anywhere, so it is rarely whole JSON; a pattern finds the texts in what there is.
 */
export function readablePreview(text: string): string {
  if (!/^\s*[[{"]/.test(text)) return withoutMarks(text);
  const said = [
    ...text.matchAll(/"(?:content|text|input|output|query|question|answer)"\s*:\s*"((?:[^"\\]|\\.)*)("|$)/g),
  ];
  const last = said.map((match) => match[1] ?? "").findLast((value) => value.trim() !== "");
  const quoted = last ?? /^\s*"((?:[^"\\]|\\.)*)"?\s*$/.exec(text)?.[1];
  if (quoted === undefined) return text;
  return withoutMarks(quoted.replaceAll(/\\n|\\t|\\r/g, " ").replaceAll(/\\(["\\/])/g, "$1"));
}

/** Marks of Markdown mean nothing in one line of plain text. */
function withoutMarks(text: string): string {
  return text.replace(/^\s*(?:#{1,6}|[-*>])\s+/, "").replaceAll(/\*\*|`+/g, "");
}

export const COLUMNS: readonly Column[] = [
  { id: "time", label: "Time", width: "7.25rem", cell: (item) => <Time iso={item.timestamp} /> },
  {
    id: "name",
    label: "Name",
    width: "minmax(11rem, 1.1fr)",
    cell: (item, { projectId }) => <TraceName item={item} projectId={projectId} />,
  },
  { id: "level", label: "Level", width: "3.5rem", cell: (item) => <LevelCount counts={item.level_counts} /> },
  { id: "input", label: "Input", width: "minmax(10rem, 1.5fr)", cell: (item) => <Preview text={item.input_preview} /> },
  {
    id: "output",
    label: "Output",
    width: "minmax(10rem, 1.5fr)",
    cell: (item) => <Preview text={item.output_preview} />,
  },
  {
    id: "latency",
    label: "Latency",
    width: "5.25rem",
    align: "end",
    cell: (item) => <Latency seconds={item.latency_seconds} />,
  },
  { id: "tokens", label: "Tokens", width: "4.25rem", align: "end", cell: (item) => <Tokens item={item} /> },
  { id: "cost", label: "Cost", width: "5rem", align: "end", cell: (item) => <Cost usd={item.total_cost_usd} /> },
  {
    id: "user",
    label: "User",
    width: "8.25rem",
    cell: (item, { projectId }) => <UserLink id={item.user_id} projectId={projectId} />,
  },
  {
    id: "session",
    label: "Session",
    width: "7.5rem",
    cell: (item, { projectId }) => <SessionLink id={item.session_id} projectId={projectId} />,
  },
  { id: "tags", label: "Tags", width: "9rem", cell: (item, context) => <Tags item={item} context={context} /> },
];
