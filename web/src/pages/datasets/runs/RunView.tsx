/** One run: what it came to, and what came out item by item, the newest first. */

import { type InfiniteData, type UseInfiniteQueryResult, useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useCallback, useMemo, useRef, useState } from "react";
import { ApiError } from "@/api/client";
import { runQuery } from "@/api/queries";
import type { RunDetails } from "@/api/types";
import { useTitle } from "@/app/hooks";
import buttons from "@/components/Button.module.css";
import { CopyButton } from "@/components/CopyButton";
import { DataTable } from "@/components/DataTable";
import { EmptyState, ErrorPanel } from "@/components/ErrorPanel";
import { Fact, FactStrip } from "@/components/FactStrip";
import { Heading } from "@/components/Heading";
import { ListFooter, useNextPart } from "@/components/ListFooter";
import { MetadataFold } from "@/components/MetadataFold";
import { RowsSkeleton } from "@/components/RowsSkeleton";
import { Time } from "@/components/Time";
import { formatInteger } from "@/format/numbers";
import { Cost, Latency } from "@/pages/traces/list/columns";
import datasetStyles from "../datasets.module.css";
import { ScoreCards } from "../ScoreCards";
import { ItemCard, type ItemContext, itemColumns } from "./columns";
import { ItemDetail } from "./ItemDetail";

export function RunView({ projectId, runId }: { projectId: string; runId: string }) {
  const list = useInfiniteQuery(runQuery(projectId, runId));
  const details = list.data?.pages[0];
  useTitle(details?.run.name ?? "Run");
  if (list.isError && details === undefined) {
    const isUnknown = list.error instanceof ApiError && list.error.status === 404;
    return (
      <ErrorPanel
        error={list.error}
        title={isUnknown ? "There is no such run" : "The run could not be loaded"}
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
    <div className={datasetStyles["page"]}>
      <Heading icon="run" kind="Run" title={details?.run.name ?? "…"}>
        <CopyButton text={details?.run.id ?? runId} label="Copy run id" />
      </Heading>
      {details === undefined ? (
        <RowsSkeleton label="Loading the run" />
      ) : (
        <RunBody projectId={projectId} runId={runId} details={details} list={list} />
      )}
    </div>
  );
}

interface RunBodyProps {
  projectId: string;
  runId: string;
  details: RunDetails;
  list: UseInfiniteQueryResult<InfiniteData<RunDetails>, Error>;
}

function RunBody({ projectId, runId, details, list }: RunBodyProps) {
  const scrollRef = useRef<HTMLDivElement>(null);
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  const rows = useMemo(() => list.data?.pages.flatMap((page) => page.items) ?? [], [list.data]);
  const loadMore = useNextPart(list);
  const toggle = useCallback((id: string) => {
    setOpen((current) => {
      const next = new Set(current);
      if (!next.delete(id)) next.add(id);
      return next;
    });
  }, []);
  const context: ItemContext = { projectId, open, toggle };
  const hasExpected = rows.some((item) => item.expected_output !== null);
  return (
    <div ref={scrollRef} className={datasetStyles["scroller"]}>
      <Summary projectId={projectId} details={details} />
      {rows.length === 0 ? (
        <EmptyState title="An empty run" message="Nothing has come out of it yet." />
      ) : (
        <DataTable
          label="Items"
          rows={rows}
          rowKey={(item) => item.id}
          columns={itemColumns(context, hasExpected)}
          card={(item) => <ItemCard item={item} context={context} />}
          below={(item) => (open.has(item.id) ? <ItemDetail projectId={projectId} runId={runId} item={item} /> : null)}
          scrollRef={scrollRef}
          hasMore={list.hasNextPage}
          onNearEnd={loadMore}
          footer={<ListFooter list={list} noun="item" count={rows.length} />}
        />
      )}
    </div>
  );
}

function Summary({ projectId, details }: { projectId: string; details: RunDetails }) {
  const { run, dataset } = details;
  return (
    <div className={datasetStyles["summary"]}>
      <FactStrip>
        {dataset ? (
          <Fact label="Dataset">
            <Link
              to="/project/$projectId/datasets/$datasetId"
              params={{ projectId, datasetId: dataset.id }}
              title={dataset.name}
            >
              {dataset.name}
            </Link>
          </Fact>
        ) : (
          <Fact label="Dataset">{run.dataset_id === null ? "none: data of the program" : "deleted"}</Fact>
        )}
        <Fact label="Started">
          <Time iso={run.start_time} full />
        </Fact>
        <Fact label="Items">{formatInteger(run.item_count)}</Fact>
        <Fact label="Errors">
          <span className={run.error_count > 0 ? datasetStyles["bad"] : undefined}>
            {formatInteger(run.error_count)}
          </span>
        </Fact>
        <Fact label="Latency, average">
          <Latency seconds={run.average_latency_seconds} />
        </Fact>
        <Fact label="Cost">
          <Cost usd={run.total_cost_usd} />
        </Fact>
      </FactStrip>
      {run.description ? <p>{run.description}</p> : null}
      <ScoreCards scores={run.scores} />
      <MetadataFold title="Metadata" value={run.metadata} />
    </div>
  );
}
