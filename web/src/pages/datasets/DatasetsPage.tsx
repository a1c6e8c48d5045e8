/** The datasets of a project, the newest first. */

import { useInfiniteQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { useMemo, useRef } from "react";
import { datasetsQuery } from "@/api/queries";
import type { Dataset } from "@/api/types";
import { useTitle } from "@/app/hooks";
import { type DataColumn, DataTable } from "@/components/DataTable";
import tableStyles from "@/components/DataTable.module.css";
import { EmptyState, ErrorPanel } from "@/components/ErrorPanel";
import { ListFooter, useNextPart } from "@/components/ListFooter";
import { RowsSkeleton } from "@/components/RowsSkeleton";
import { Time } from "@/components/Time";
import { formatInteger, NONE, plural } from "@/format/numbers";
import styles from "./datasets.module.css";

export function DatasetsPage() {
  const { projectId } = useParams({ from: "/signed-in/project/$projectId/datasets" });
  useTitle("Datasets");
  return (
    <div className={styles["page"]}>
      <header className={styles["listHead"]}>
        <h1>Datasets</h1>
      </header>
      <DatasetList projectId={projectId} />
    </div>
  );
}

function DatasetList({ projectId }: { projectId: string }) {
  const scrollRef = useRef<HTMLDivElement>(null);
  const list = useInfiniteQuery(datasetsQuery(projectId));
  const rows = useMemo(() => list.data?.pages.flatMap((page) => page.items) ?? [], [list.data]);
  const columns = useMemo(() => columnsFor(projectId), [projectId]);
  const loadMore = useNextPart(list);
  if (list.isPending) return <RowsSkeleton label="Loading datasets" />;
  if (list.isError && rows.length === 0) {
    return (
      <ErrorPanel error={list.error} title="The datasets could not be loaded" onRetry={() => void list.refetch()} />
    );
  }
  if (rows.length === 0) {
    return (
      <EmptyState
        title="No datasets yet"
        message="A dataset holds examples, and each pass of your program over them is a run to compare. The SDKs make them:"
      >
        <code className={styles["code"]}>langfuse.create_dataset(name="capitals")</code>
      </EmptyState>
    );
  }
  return (
    <div ref={scrollRef} className={styles["scroller"]}>
      <DataTable
        label="Datasets"
        rows={rows}
        rowKey={(dataset) => dataset.id}
        columns={columns}
        card={(dataset) => <DatasetCard dataset={dataset} projectId={projectId} />}
        scrollRef={scrollRef}
        hasMore={list.hasNextPage}
        onNearEnd={loadMore}
        footer={<ListFooter list={list} noun="dataset" count={rows.length} />}
      />
    </div>
  );
}

function columnsFor(projectId: string): DataColumn<Dataset>[] {
  return [
    {
      id: "name",
      label: "Name",
      width: "minmax(12rem, 1.2fr)",
      cell: (dataset) => <DatasetName dataset={dataset} projectId={projectId} />,
    },
    {
      id: "description",
      label: "Description",
      width: "minmax(8rem, 2fr)",
      cell: (dataset) => <div className={tableStyles["note"]}>{dataset.description ?? NONE}</div>,
    },
    {
      id: "items",
      label: "Items",
      width: "6rem",
      align: "end",
      cell: (dataset) => formatInteger(dataset.item_count),
    },
    {
      id: "created",
      label: "Created",
      width: "9rem",
      align: "end",
      cell: (dataset) => <Time iso={dataset.created_at} />,
    },
  ];
}

function DatasetName({ dataset, projectId }: { dataset: Dataset; projectId: string }) {
  return (
    <Link
      to="/project/$projectId/datasets/$datasetId"
      params={{ projectId, datasetId: dataset.id }}
      className={tableStyles["name"]}
      title={dataset.name}
      data-row-link
    >
      {dataset.name}
    </Link>
  );
}

function DatasetCard({ dataset, projectId }: { dataset: Dataset; projectId: string }) {
  return (
    <>
      <span className={tableStyles["line"]}>
        <DatasetName dataset={dataset} projectId={projectId} />
      </span>
      {dataset.description ? <span className={tableStyles["note"]}>{dataset.description}</span> : null}
      <span className={tableStyles["facts"]}>
        <span>{plural(dataset.item_count, "item")}</span>
        <Time iso={dataset.created_at} />
      </span>
    </>
  );
}
