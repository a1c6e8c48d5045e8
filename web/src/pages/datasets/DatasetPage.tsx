/** One dataset: what it is, and the runs over it, the newest first. */

import { useInfiniteQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { useMemo, useRef } from "react";
import { ApiError } from "@/api/client";
import { datasetQuery } from "@/api/queries";
import type { DatasetDetails, Run } from "@/api/types";
import { useTitle } from "@/app/hooks";
import buttons from "@/components/Button.module.css";
import { CopyButton } from "@/components/CopyButton";
import { type DataColumn, DataTable } from "@/components/DataTable";
import tableStyles from "@/components/DataTable.module.css";
import { EmptyState, ErrorPanel } from "@/components/ErrorPanel";
import { Fact, FactStrip } from "@/components/FactStrip";
import { Heading } from "@/components/Heading";
import { ListFooter, useNextPart } from "@/components/ListFooter";
import { MetadataFold } from "@/components/MetadataFold";
import { RowsSkeleton } from "@/components/RowsSkeleton";
import { Time } from "@/components/Time";
import { formatInteger, plural } from "@/format/numbers";
import { Cost, Latency } from "@/pages/traces/list/columns";
import styles from "./datasets.module.css";
import { ScoreChips } from "./ScoreCards";

export function DatasetPage() {
  const { projectId, datasetId } = useParams({ from: "/signed-in/project/$projectId/datasets/$datasetId" });
  const scrollRef = useRef<HTMLDivElement>(null);
  const list = useInfiniteQuery(datasetQuery(projectId, datasetId));
  const runs = useMemo(() => list.data?.pages.flatMap((page) => page.runs) ?? [], [list.data]);
  const columns = useMemo(() => columnsFor(projectId, datasetId), [projectId, datasetId]);
  const loadMore = useNextPart(list);
  const details = list.data?.pages[0];
  useTitle(details?.dataset.name ?? "Dataset");
  if (list.isError && details === undefined) {
    const isUnknown = list.error instanceof ApiError && list.error.status === 404;
    return (
      <ErrorPanel
        error={list.error}
        title={isUnknown ? "There is no such dataset" : "The dataset could not be loaded"}
        onRetry={() => void list.refetch()}
      >
        <Link
          to="/project/$projectId/datasets"
          params={{ projectId }}
          className={`${buttons["button"]} ${buttons["outline"]}`}
        >
          All datasets
        </Link>
      </ErrorPanel>
    );
  }
  return (
    <div className={styles["page"]}>
      <Heading icon="dataset" kind="Dataset" title={details?.dataset.name ?? "…"}>
        <CopyButton text={details?.dataset.name ?? ""} label="Copy dataset name" />
      </Heading>
      {details === undefined ? (
        <RowsSkeleton label="Loading the dataset" />
      ) : (
        <div ref={scrollRef} className={styles["scroller"]}>
          <Summary details={details} />
          {runs.length === 0 ? (
            <EmptyState title="No runs yet" message="A run appears as soon as a program has taken the first item." />
          ) : (
            <DataTable
              label="Runs"
              rows={runs}
              rowKey={(run) => run.id}
              columns={columns}
              card={(run) => <RunCard run={run} projectId={projectId} datasetId={datasetId} />}
              scrollRef={scrollRef}
              hasMore={list.hasNextPage}
              onNearEnd={loadMore}
              footer={<ListFooter list={list} noun="run" count={runs.length} />}
            />
          )}
        </div>
      )}
    </div>
  );
}

function Summary({ details }: { details: DatasetDetails }) {
  const { dataset, run_count } = details;
  return (
    <div className={styles["summary"]}>
      <FactStrip>
        <Fact label="Items">{formatInteger(dataset.item_count)}</Fact>
        <Fact label="Runs">{formatInteger(run_count)}</Fact>
        <Fact label="Created">
          <Time iso={dataset.created_at} full />
        </Fact>
        <Fact label="Changed">
          <Time iso={dataset.updated_at} full />
        </Fact>
      </FactStrip>
      {dataset.description ? <p>{dataset.description}</p> : null}
      <MetadataFold title="Metadata" value={dataset.metadata} />
      <MetadataFold title="Schema of inputs" value={dataset.input_schema} isOpenAtFirst={false} />
      <MetadataFold title="Schema of expected outputs" value={dataset.expected_output_schema} isOpenAtFirst={false} />
    </div>
  );
}

function columnsFor(projectId: string, datasetId: string): DataColumn<Run>[] {
  return [
    {
      id: "name",
      label: "Run",
      width: "minmax(11rem, 1.4fr)",
      cell: (run) => <RunName run={run} projectId={projectId} datasetId={datasetId} />,
    },
    { id: "started", label: "Started", width: "8rem", cell: (run) => <Time iso={run.start_time} /> },
    { id: "scores", label: "Scores", width: "minmax(10rem, 2fr)", cell: (run) => <ScoreChips scores={run.scores} /> },
    { id: "items", label: "Items", width: "4.5rem", align: "end", cell: (run) => formatInteger(run.item_count) },
    {
      id: "errors",
      label: "Errors",
      width: "4.5rem",
      align: "end",
      cell: (run) => <ErrorCount count={run.error_count} />,
    },
    {
      id: "latency",
      label: "Latency, avg",
      width: "6.5rem",
      align: "end",
      cell: (run) => <Latency seconds={run.average_latency_seconds} />,
    },
    { id: "cost", label: "Cost", width: "5.5rem", align: "end", cell: (run) => <Cost usd={run.total_cost_usd} /> },
  ];
}

interface RunProps {
  run: Run;
  projectId: string;
  datasetId: string;
}

function RunName({ run, projectId, datasetId }: RunProps) {
  return (
    <Link
      to="/project/$projectId/datasets/$datasetId/runs/$runId"
      params={{ projectId, datasetId, runId: run.id }}
      className={tableStyles["name"]}
      title={run.name}
      data-row-link
    >
      {run.name}
    </Link>
  );
}

function ErrorCount({ count }: { count: number }) {
  return count === 0 ? "0" : <span className={styles["bad"]}>{formatInteger(count)}</span>;
}

function RunCard({ run, projectId, datasetId }: RunProps) {
  return (
    <>
      <span className={tableStyles["line"]}>
        <RunName run={run} projectId={projectId} datasetId={datasetId} />
      </span>
      <ScoreChips scores={run.scores} />
      <span className={tableStyles["facts"]}>
        <Time iso={run.start_time} />
        <span>{plural(run.item_count, "item")}</span>
        {run.error_count > 0 ? <span className={styles["bad"]}>{plural(run.error_count, "error")}</span> : null}
        <Latency seconds={run.average_latency_seconds} />
        <Cost usd={run.total_cost_usd} />
      </span>
    </>
  );
}
