/** The prompts of a project by name, with a search and one tag at a time. The URL holds both. */

import { useInfiniteQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useMemo, useRef } from "react";
import { promptsQuery } from "@/api/queries";
import type { PromptItem } from "@/api/types";
import { useTitle } from "@/app/hooks";
import { Button, IconButton } from "@/components/Button";
import { Tag } from "@/components/badges";
import { type DataColumn, DataTable } from "@/components/DataTable";
import tableStyles from "@/components/DataTable.module.css";
import { EmptyState, ErrorPanel } from "@/components/ErrorPanel";
import { ListFooter, useNextPart } from "@/components/ListFooter";
import { RowsSkeleton } from "@/components/RowsSkeleton";
import { SearchField } from "@/components/SearchField";
import { Time } from "@/components/Time";
import { NONE, plural } from "@/format/numbers";
import { Labels } from "./Labels";
import styles from "./prompts.module.css";

interface PromptSearch {
  q?: string;
  tag?: string;
}

export function PromptsPage() {
  const { projectId } = useParams({ from: "/signed-in/project/$projectId/prompts/" });
  const search = useSearch({ from: "/signed-in/project/$projectId/prompts/" });
  const navigate = useNavigate({ from: "/project/$projectId/prompts" });
  useTitle("Prompts");
  const change = (next: PromptSearch, replace = false) =>
    void navigate({ search: (current) => ({ ...current, ...next }), replace });
  return (
    <div className={styles["page"]}>
      <div className={styles["toolbar"]} role="search">
        <h1 className="visually-hidden">Prompts</h1>
        <SearchField
          value={search.q ?? ""}
          placeholder="Search names"
          label="Search prompts by name"
          onChange={(q) => change({ q }, true)}
        />
        {search.tag ? (
          <span className={styles["filter"]}>
            <span className="truncate">tag {search.tag}</span>
            <IconButton
              icon="close"
              label={`Remove the filter for tag ${search.tag}`}
              onClick={() => change({ tag: "" })}
            />
          </span>
        ) : null}
      </div>
      <PromptList projectId={projectId} search={search} onChange={change} />
    </div>
  );
}

interface PromptListProps {
  projectId: string;
  search: PromptSearch;
  onChange: (change: PromptSearch) => void;
}

function PromptList({ projectId, search, onChange }: PromptListProps) {
  const scrollRef = useRef<HTMLDivElement>(null);
  const list = useInfiniteQuery(promptsQuery(projectId, { search: search.q, tag: search.tag }));
  const rows = useMemo(() => list.data?.pages.flatMap((page) => page.items) ?? [], [list.data]);
  const loadMore = useNextPart(list);
  if (list.isPending) return <RowsSkeleton label="Loading prompts" />;
  if (list.isError && rows.length === 0) {
    return (
      <ErrorPanel error={list.error} title="The prompts could not be loaded" onRetry={() => void list.refetch()} />
    );
  }
  if (rows.length === 0) {
    return search.q || search.tag ? (
      <EmptyState title="No prompt matches" message="No prompt has such a name and tag.">
        <Button onClick={() => onChange({ q: "", tag: "" })}>Clear search and tag</Button>
      </EmptyState>
    ) : (
      <EmptyState
        title="No prompts yet"
        message="Prompts kept here have versions and labels, and programs fetch them by name. The SDKs make them:"
      >
        <code className={styles["code"]}>langfuse.create_prompt(name="greeting", prompt="Hello {"{{who}}"}")</code>
      </EmptyState>
    );
  }
  return (
    <div ref={scrollRef} className={styles["scroller"]}>
      <DataTable
        label="Prompts"
        rows={rows}
        rowKey={(prompt) => prompt.name}
        columns={columnsFor(projectId, (tag) => onChange({ tag }))}
        card={(prompt) => <PromptCard prompt={prompt} projectId={projectId} />}
        scrollRef={scrollRef}
        hasMore={list.hasNextPage}
        onNearEnd={loadMore}
        footer={<ListFooter list={list} noun="prompt" count={rows.length} />}
      />
    </div>
  );
}

function columnsFor(projectId: string, onTag: (tag: string) => void): DataColumn<PromptItem>[] {
  return [
    {
      id: "name",
      label: "Name",
      width: "minmax(14rem, 2fr)",
      cell: (prompt) => (
        <span className={tableStyles["line"]}>
          <PromptName prompt={prompt} projectId={projectId} />
        </span>
      ),
    },
    { id: "type", label: "Type", width: "4rem", cell: (prompt) => prompt.type },
    {
      id: "versions",
      label: "Versions",
      width: "5.5rem",
      cell: (prompt) => <span title={`Versions ${prompt.versions.join(", ")}`}>{prompt.versions.length}</span>,
    },
    {
      id: "labels",
      label: "Labels",
      width: "minmax(10rem, 1.4fr)",
      cell: (prompt) => <Labels labels={prompt.labels} />,
    },
    {
      id: "tags",
      label: "Tags",
      width: "minmax(8rem, 1fr)",
      cell: (prompt) => <Tags tags={prompt.tags} onTag={onTag} />,
    },
    {
      id: "updated",
      label: "Updated",
      width: "8.5rem",
      align: "end",
      cell: (prompt) => <Time iso={prompt.updated_at} />,
    },
  ];
}

function PromptName({ prompt, projectId }: { prompt: PromptItem; projectId: string }) {
  return (
    <Link
      to="/project/$projectId/prompts/$"
      params={{ projectId, _splat: prompt.name }}
      className={tableStyles["name"]}
      title={prompt.name}
      data-row-link
    >
      {prompt.name}
    </Link>
  );
}

function Tags({ tags, onTag }: { tags: string[]; onTag: (tag: string) => void }) {
  if (tags.length === 0) return NONE;
  return (
    <span className={styles["chips"]}>
      {tags.map((tag) => (
        <button
          key={tag}
          type="button"
          className={`${tableStyles["above"]} ${styles["tag"]}`}
          aria-label={`Only tag ${tag}`}
          onClick={() => onTag(tag)}
        >
          <Tag>{tag}</Tag>
        </button>
      ))}
    </span>
  );
}

function PromptCard({ prompt, projectId }: { prompt: PromptItem; projectId: string }) {
  return (
    <>
      <span className={tableStyles["line"]}>
        <PromptName prompt={prompt} projectId={projectId} />
      </span>
      <span className={styles["chips"]}>
        <Labels labels={prompt.labels} />
      </span>
      <span className={tableStyles["facts"]}>
        <span>{prompt.type}</span>
        <span>{plural(prompt.versions.length, "version")}</span>
        <Time iso={prompt.updated_at} />
        <span className="truncate">{prompt.tags.join(", ")}</span>
      </span>
    </>
  );
}
