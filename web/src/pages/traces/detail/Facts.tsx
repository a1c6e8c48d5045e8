/** The facts of one observation: timing, model and its parameters, usage and cost, prompt. */

import { Link, useParams } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { ObservationItem } from "@/api/types";
import { Truncated } from "@/components/badges";
import { Time } from "@/components/Time";
import { formatDuration, formatExactDuration } from "@/format/durations";
import { formatCost, formatExactCost, formatInteger, NONE } from "@/format/numbers";
import { orderedUsage, usageLabel } from "@/format/usage";
import styles from "./DetailPanel.module.css";

/** Sections that mark it themselves when they were cut. */
const MARKED_BELOW = new Set(["input", "output", "metadata"]);

export function Facts({ item }: { item: ObservationItem }) {
  const cut = item.truncated.filter((field) => !MARKED_BELOW.has(field));
  const parameters = Object.entries(item.model_parameters ?? {}).filter(([, value]) => value !== null);
  return (
    <>
      {cut.length > 0 ? (
        <div className={styles["scores"]}>
          {cut.map((field) => (
            <Truncated key={field} field={field} />
          ))}
        </div>
      ) : null}
      <dl className={styles["facts"]}>
        <Timing item={item} />
        {item.model === null ? null : (
          <Fact label="Model" isWide>
            {item.model}
            {parameters.length > 0 ? (
              <div className={styles["detailLine"]}>
                {parameters.map(([key, value]) => `${key} ${text(value)}`).join(" · ")}
              </div>
            ) : null}
          </Fact>
        )}
        {item.prompt_name === null ? null : (
          <Fact label="Prompt">
            <PromptLink name={item.prompt_name} version={item.prompt_version} />
          </Fact>
        )}
        {item.environment === "default" ? null : <Fact label="Environment">{item.environment}</Fact>}
        {item.version === null ? null : <Fact label="Version">{item.version}</Fact>}
        {item.called_tool_names.length > 0 ? (
          <Fact label="Tools called" isWide>
            {item.called_tool_names.join(", ")}
          </Fact>
        ) : null}
      </dl>
      <UsageTable item={item} />
    </>
  );
}

function PromptLink({ name, version }: { name: string; version: number | null }) {
  const { projectId = "" } = useParams({ strict: false });
  return (
    <Link
      to="/project/$projectId/prompts/$"
      params={{ projectId, _splat: name }}
      search={version === null ? {} : { version: String(version) }}
      className={styles["link"]}
    >
      {name}
      {version === null ? null : <span className={styles["detailLine"]}> version {version}</span>}
    </Link>
  );
}

function text(value: unknown): string {
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

function Timing({ item }: { item: ObservationItem }) {
  return (
    <>
      <Fact label="Started">
        <Time iso={item.start_time} />
      </Fact>
      <Fact label="Latency">
        {item.latency_seconds === null ? (
          <span title="No end was received">{item.type === "EVENT" ? NONE : "unfinished"}</span>
        ) : (
          <span title={formatExactDuration(item.latency_seconds)}>{formatDuration(item.latency_seconds)}</span>
        )}
      </Fact>
      {item.time_to_first_token_seconds === null ? null : (
        <Fact label="First token">
          <span title={formatExactDuration(item.time_to_first_token_seconds)}>
            {formatDuration(item.time_to_first_token_seconds)}
          </span>
        </Fact>
      )}
    </>
  );
}

function Fact({ label, isWide = false, children }: { label: string; isWide?: boolean; children: ReactNode }) {
  return (
    <div className={isWide ? styles["wide"] : undefined}>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function UsageTable({ item }: { item: ObservationItem }) {
  const keys = orderedUsage({ ...item.cost_usd, ...item.usage }).map(([key]) => key);
  if (keys.length === 0) return null;
  const hasCost = Object.keys(item.cost_usd).length > 0;
  return (
    <div className={styles["usageBox"]}>
      <table className={styles["usage"]}>
        <thead>
          <tr>
            <th scope="col">
              <span className="visually-hidden">Kind</span>
            </th>
            <th scope="col">Usage</th>
            {hasCost ? <th scope="col">Cost</th> : null}
          </tr>
        </thead>
        <tbody>
          {keys.map((key) => (
            <tr key={key} data-total={key === "total" || undefined}>
              <th scope="row">{usageLabel(key)}</th>
              <td>{item.usage[key] === undefined ? NONE : formatInteger(item.usage[key])}</td>
              {hasCost ? <CostCell usd={item.cost_usd[key]} /> : null}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function CostCell({ usd }: { usd: number | undefined }) {
  return <td title={usd === undefined ? undefined : formatExactCost(usd)}>{formatCost(usd ?? null)}</td>;
}
