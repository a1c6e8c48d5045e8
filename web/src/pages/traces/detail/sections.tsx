/** The parts of the detail panel below the facts. Each shows nothing when there is nothing to show. */

import { type ReactNode, useId, useState } from "react";
import type { Observation, ObservationItem, ScoreItem, SpanEvent } from "@/api/types";
import { Truncated } from "@/components/badges";
import { CopyButton } from "@/components/CopyButton";
import { Icon } from "@/components/icons";
import { JsonTree } from "@/components/JsonTree";
import { PayloadView } from "@/components/PayloadView";
import { RawText } from "@/components/RawText";
import { Skeleton } from "@/components/Skeleton";
import { Time } from "@/components/Time";
import { formatDuration } from "@/format/durations";
import { formatBytes, formatNumber } from "@/format/numbers";
import { toMicros } from "@/format/times";
import { asText, type Json, type JsonObject } from "@/payload/json";
import styles from "./DetailPanel.module.css";

interface SectionProps {
  title: string;
  note?: ReactNode;
  copy?: string | (() => string);
  children: ReactNode;
}

function Section({ title, note, copy, children }: SectionProps) {
  const [isOpen, setIsOpen] = useState(true);
  const bodyId = useId();
  return (
    <section className={styles["section"]}>
      <div className={styles["sectionHead"]}>
        <h3>
          <button
            type="button"
            className={styles["fold"]}
            aria-expanded={isOpen}
            aria-controls={bodyId}
            onClick={() => setIsOpen(!isOpen)}
          >
            <Icon name="down" size={12} />
            {title}
          </button>
        </h3>
        <span className={styles["size"]}>{note}</span>
        {copy === undefined ? null : (
          <CopyButton text={copy} label={`Copy ${title.toLowerCase()}`} className={styles["copy"]} />
        )}
      </div>
      <div id={bodyId} hidden={!isOpen}>
        {isOpen ? children : null}
      </div>
    </section>
  );
}

interface PayloadSectionProps {
  title: string;
  text: string | null;
  isRaw: boolean;
  isTruncated: boolean;
}

/** Sizes are told from here on: below, they are noise. */
const NOTABLE_SIZE = 2000;

export function PayloadSection({ title, text, isRaw, isTruncated }: PayloadSectionProps) {
  if (text === null) return <EmptySection title={title} />;
  const note = (
    <>
      {text.length >= NOTABLE_SIZE ? formatBytes(text.length) : null}
      {isTruncated ? <Truncated field={title.toLowerCase()} /> : null}
    </>
  );
  return (
    <Section title={title} note={note} copy={text}>
      {isRaw ? <RawText text={text} /> : <PayloadView text={text} />}
    </Section>
  );
}

function EmptySection({ title }: { title: string }) {
  return (
    <section className={styles["sectionHead"]}>
      <h3>{title}</h3>
      <span className={styles["size"]}>none</span>
    </section>
  );
}

export function MetadataSection(props: { metadata: Record<string, unknown>; isRaw: boolean; isTruncated?: boolean }) {
  const { metadata, isRaw, isTruncated = false } = props;
  if (Object.keys(metadata).length === 0) return null;
  const json = () => JSON.stringify(metadata, null, 2);
  return (
    <Section title="Metadata" note={isTruncated ? <Truncated field="metadata" /> : null} copy={json}>
      {isRaw ? <RawText text={json()} /> : <JsonTree value={metadata as JsonObject} label="Metadata" />}
    </Section>
  );
}

function isException(event: SpanEvent): boolean {
  return event.name === "exception" || event.attributes["exception.type"] !== undefined;
}

/** Why it failed: the status message and every exception that was recorded. */
export function ErrorSection({ item, events }: { item: ObservationItem; events: SpanEvent[] }) {
  const exceptions = events.filter(isException);
  const isBad = item.level === "ERROR" || item.level === "WARNING";
  if (!isBad && item.status_message === null && exceptions.length === 0) return null;
  const level = isBad ? item.level : exceptions.length > 0 ? "ERROR" : "WARNING";
  return (
    <section className={styles["error"]} data-level={level} aria-label="Error">
      <h3>
        <Icon name="alert" size={14} />
        {level === "ERROR" ? "Error" : item.level === "WARNING" ? "Warning" : "Status"}
      </h3>
      {item.status_message === null && exceptions.length === 0 ? (
        <p className={styles["muted"]}>No status message was sent.</p>
      ) : null}
      {item.status_message === null ? null : <p>{item.status_message}</p>}
      {exceptions.map((event, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: two events may be alike, and they never change places
        <Exception key={`${event.time}-${index}`} event={event} status={item.status_message} />
      ))}
    </section>
  );
}

function Exception({ event, status }: { event: SpanEvent; status: string | null }) {
  const type = asText(event.attributes["exception.type"]) ?? "exception";
  const message = asText(event.attributes["exception.message"]);
  const stack = asText(event.attributes["exception.stacktrace"]);
  const isRepeated = message !== null && status?.includes(message) === true;
  return (
    <>
      <p>
        <b>{type}</b>
        {message === null || isRepeated ? null : `: ${message}`}
      </p>
      {stack === null ? null : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        <pre className={styles["stack"]} tabIndex={0} role="region" aria-label="Stack trace">
          {stack}
        </pre>
      )}
    </>
  );
}

export function EventsSection({ events, startTime }: { events: SpanEvent[]; startTime: string }) {
  const shown = events.filter((event) => !isException(event));
  if (shown.length === 0) return null;
  const start = toMicros(startTime);
  return (
    <Section title="Events" note={shown.length}>
      <ul className={styles["list"]}>
        {shown.map((event, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: two events may be alike, and they never change places
          <li key={`${event.time}-${index}`} className={styles["item"]}>
            <div className={styles["itemHead"]}>
              <b>{event.name}</b>
              <span>
                <Time iso={event.time} /> (+{formatDuration((toMicros(event.time) - start) / 1e6)})
              </span>
            </div>
            {Object.keys(event.attributes).length > 0 ? (
              <JsonTree value={event.attributes as JsonObject} label={`Attributes of ${event.name}`} />
            ) : null}
          </li>
        ))}
      </ul>
    </Section>
  );
}

export function scoreText(score: ScoreItem): string {
  const { value, data_type } = score;
  if (value === null) return "–";
  if (data_type === "BOOLEAN") return value === true || value === 1 ? "true" : "false";
  return typeof value === "number" ? formatNumber(value) : String(value);
}

export function ScoresSection({ scores }: { scores: ScoreItem[] }) {
  if (scores.length === 0) return null;
  return (
    <Section title="Scores" note={scores.length}>
      <ul className={styles["scores"]}>
        {scores.map((score) => (
          <li key={score.id} className={styles["item"]} title={`${score.source} · ${score.data_type}`}>
            <div className={styles["itemHead"]}>
              <span className={styles["muted"]}>{score.name}</span>
              <span>{score.source.toLowerCase()}</span>
            </div>
            <span className={styles["scoreValue"]}>{scoreText(score)}</span>
            {score.comment === null ? null : <p>{score.comment}</p>}
          </li>
        ))}
      </ul>
    </Section>
  );
}

/** Links to other spans, and where the observation came from. */
export function LinksSection({ observation }: { observation: Observation }) {
  const { span_links, sdk_name, sdk_version, source } = observation;
  const sdk = [sdk_name, sdk_version].filter(Boolean).join(" ");
  return (
    <>
      {span_links.length > 0 ? (
        <Section title="Links" note={span_links.length}>
          <JsonTree value={span_links as Json} label="Links" />
        </Section>
      ) : null}
      <p className={styles["muted"]}>
        Received by {source}
        {sdk === "" ? "" : ` from ${sdk}`}
      </p>
    </>
  );
}

export function DetailSkeleton() {
  return (
    <div className={styles["skeleton"]} role="status" aria-label="Loading input and output">
      <Skeleton width="4rem" />
      <Skeleton width="92%" />
      <Skeleton width="78%" />
      <Skeleton width="85%" />
      <Skeleton width="40%" />
    </div>
  );
}
