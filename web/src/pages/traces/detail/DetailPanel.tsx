/** What is selected in the tree, whole: the trace itself or one of its observations. */

import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { observationQuery } from "@/api/queries";
import type { ObservationItem, TraceDetail } from "@/api/types";
import { IconButton } from "@/components/Button";
import { LevelBadge, TypeIcon, typeLabel } from "@/components/badges";
import { CopyButton } from "@/components/CopyButton";
import { EmptyState, ErrorPanel } from "@/components/ErrorPanel";
import { Mark } from "@/components/icons";
import { Segmented } from "@/components/Segmented";
import styles from "./DetailPanel.module.css";
import { Facts } from "./Facts";
import {
  DetailSkeleton,
  ErrorSection,
  EventsSection,
  LinksSection,
  MetadataSection,
  PayloadSection,
  ScoresSection,
} from "./sections";
import type { TraceTree } from "./tree";

export interface DetailPanelProps {
  detail: TraceDetail;
  tree: TraceTree;
  projectId: string;
  selected: string | null;
  isRaw: boolean;
  onView: (view: string) => void;
  onSelect: (id: string | null) => void;
  /** On narrow screens: the way back to the tree. */
  onClose: (() => void) | undefined;
}

export function DetailPanel(props: DetailPanelProps) {
  const { detail, tree, selected, onSelect } = props;
  const node = selected === null ? undefined : tree.byId.get(selected);
  if (selected !== null && node === undefined) {
    return (
      <section className={styles["panel"]} aria-label="Detail">
        <EmptyState title="There is no such observation" message={`This trace holds no observation ${selected}.`}>
          <IconButton icon="left" label="Show the trace" onClick={() => onSelect(null)} />
        </EmptyState>
      </section>
    );
  }
  return node ? (
    <ObservationDetail {...props} item={node.observation} />
  ) : (
    <TraceDetailView {...props} detail={detail} />
  );
}

function TraceDetailView(props: DetailPanelProps) {
  const { trace, scores } = props.detail;
  const ownScores = scores.filter((score) => score.observation_id === null);
  return (
    <Panel {...props} title={trace.name ?? "Trace"} icon={<Mark size={16} />} id={trace.id} json={() => props.detail}>
      <PayloadSection title="Input" text={trace.input} isRaw={props.isRaw} isTruncated={false} />
      <PayloadSection title="Output" text={trace.output} isRaw={props.isRaw} isTruncated={false} />
      <ScoresSection scores={ownScores} />
      <MetadataSection metadata={trace.metadata} isRaw={props.isRaw} />
    </Panel>
  );
}

function ObservationDetail(props: DetailPanelProps & { item: ObservationItem }) {
  const { item, projectId, detail, isRaw } = props;
  const observation = useQuery(observationQuery(projectId, detail.trace.id, item.id));
  const whole = observation.data;
  const scores = detail.scores.filter((score) => score.observation_id === item.id);
  const isCut = (field: string) => item.truncated.includes(field);
  return (
    <Panel
      {...props}
      title={item.name ?? typeLabel(item.type)}
      icon={<TypeIcon type={item.type} size={16} />}
      id={item.id}
      json={() => whole ?? item}
    >
      <Facts item={item} />
      <ErrorSection item={item} events={whole?.span_events ?? []} />
      {observation.isPending ? <DetailSkeleton /> : null}
      {observation.isError && !whole ? (
        <ErrorPanel
          error={observation.error}
          title="Input and output could not be loaded"
          onRetry={() => void observation.refetch()}
        />
      ) : null}
      {whole ? (
        <>
          <PayloadSection title="Input" text={whole.input} isRaw={isRaw} isTruncated={isCut("input")} />
          <PayloadSection title="Output" text={whole.output} isRaw={isRaw} isTruncated={isCut("output")} />
          <ScoresSection scores={scores} />
          <EventsSection events={whole.span_events} startTime={item.start_time} />
          <MetadataSection metadata={whole.metadata} isRaw={isRaw} isTruncated={isCut("metadata")} />
          <LinksSection observation={whole} />
        </>
      ) : null}
    </Panel>
  );
}

interface PanelProps extends DetailPanelProps {
  title: string;
  icon: React.ReactNode;
  id: string;
  json: () => unknown;
  children: React.ReactNode;
}

const VIEWS = [
  { value: "pretty", label: "Pretty" },
  { value: "raw", label: "Raw" },
] as const;

function Panel({ title, icon, id, json, isRaw, onView, onClose, tree, children }: PanelProps) {
  const level = tree.byId.get(id)?.observation.level;
  const body = useRef<HTMLDivElement>(null);
  // On a narrow screen the panel replaced the tree: the focus must not stay on what is gone.
  useEffect(() => {
    if (onClose) body.current?.focus({ preventScroll: true });
  }, [onClose]);
  return (
    <section className={styles["panel"]} aria-label={`Detail of ${title}`}>
      <header className={styles["head"]}>
        {onClose ? <IconButton icon="left" label="Back to the tree" onClick={onClose} /> : null}
        {icon}
        <h2 className="truncate" title={title}>
          {title}
        </h2>
        {level ? <LevelBadge level={level} /> : null}
        <span className={styles["tools"]}>
          <Segmented
            label="How to show input and output"
            value={isRaw ? "raw" : "pretty"}
            options={VIEWS}
            onChange={(view) => onView(view === "raw" ? "raw" : "")}
          />
          <CopyButton text={id} label="Copy id" />
          <CopyButton
            text={() => JSON.stringify(json(), null, 2)}
            label="Copy as JSON"
            icon="braces"
            className={styles["jsonCopy"]}
          />
        </span>
      </header>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <div ref={body} className={styles["body"]} tabIndex={0} role="region" aria-label="Content">
        {children}
      </div>
    </section>
  );
}
