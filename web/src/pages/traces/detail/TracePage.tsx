/** One trace: its facts on top, tree and timeline on one side, what is selected on the other. */

import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useCallback, useMemo } from "react";
import { ApiError } from "@/api/client";
import { traceQuery } from "@/api/queries";
import type { TraceDetail } from "@/api/types";
import { useIsNarrow, usePageKey, useTitle } from "@/app/hooks";
import { useNumberPreference } from "@/app/preferences";
import buttons from "@/components/Button.module.css";
import { ErrorPanel } from "@/components/ErrorPanel";
import { Splitter } from "@/components/Splitter";
import { DetailPanel } from "./DetailPanel";
import { TraceHeader } from "./TraceHeader";
import styles from "./TracePage.module.css";
import { TraceSkeleton } from "./TraceSkeleton";
import { TreePane } from "./TreePane";
import { buildTree } from "./tree";

const ROUTE = "/signed-in/project/$projectId/traces/$traceId";
/** In the URL of a narrow screen: the detail of the trace itself is open, and not the tree. */
const TRACE_ITSELF = "trace";

export function TracePage() {
  const { projectId, traceId } = useParams({ from: ROUTE });
  const trace = useQuery(traceQuery(projectId, traceId));
  useTitle(trace.data?.trace.name ?? `Trace ${traceId}`);
  if (trace.isPending) return <TraceSkeleton />;
  if (trace.data) return <TraceView detail={trace.data} projectId={projectId} onReload={() => void trace.refetch()} />;
  const isUnknown = trace.error instanceof ApiError && trace.error.status === 404;
  return (
    <ErrorPanel
      error={trace.error}
      title={isUnknown ? "There is no such trace" : "The trace could not be loaded"}
      onRetry={() => void trace.refetch()}
    >
      <Link
        to="/project/$projectId/traces"
        params={{ projectId }}
        className={`${buttons["button"]} ${buttons["outline"]}`}
      >
        All traces
      </Link>
    </ErrorPanel>
  );
}

interface TraceViewProps {
  detail: TraceDetail;
  projectId: string;
  onReload: () => void;
}

function TraceView({ detail, projectId, onReload }: TraceViewProps) {
  const search = useSearch({ from: ROUTE });
  const navigate = useNavigate({ from: "/project/$projectId/traces/$traceId" });
  const isNarrow = useIsNarrow();
  const [share, setShare] = useNumberPreference("trace.split", 0.54);
  const tree = useMemo(() => buildTree(detail.observations), [detail.observations]);
  const selected = search.observation ?? null;

  // On a narrow screen the detail covers the tree, so opening it is a step that "back" undoes.
  const select = useCallback(
    (id: string | null) =>
      void navigate({
        search: (current) => ({ ...current, observation: id ?? (isNarrow ? TRACE_ITSELF : "") }),
        replace: !isNarrow,
      }),
    [navigate, isNarrow],
  );
  const find = (text: string) => void navigate({ search: (current) => ({ ...current, find: text }), replace: true });
  const close = () => void navigate({ search: (current) => ({ ...current, observation: "" }), replace: true });
  const setView = (view: string) => void navigate({ search: (current) => ({ ...current, view }), replace: true });
  usePageKey("Escape", () => {
    if (selected !== null) close();
  });

  const selectedId = selected === TRACE_ITSELF && !tree.byId.has(TRACE_ITSELF) ? null : selected;
  const panel = (
    <DetailPanel
      key={selectedId ?? ""}
      detail={detail}
      tree={tree}
      projectId={projectId}
      selected={selectedId}
      isRaw={search.view === "raw"}
      onView={setView}
      onSelect={select}
      onClose={isNarrow ? close : undefined}
    />
  );
  const pane = (
    <TreePane
      detail={detail}
      tree={tree}
      selected={selectedId}
      find={search.find ?? ""}
      onFind={find}
      onSelect={select}
    />
  );
  if (isNarrow) {
    if (selected !== null) {
      return (
        <div className={styles["single"]}>
          <h1 className="visually-hidden">{detail.trace.name ?? detail.trace.id}</h1>
          {panel}
        </div>
      );
    }
    return (
      <div className={styles["page"]}>
        <TraceHeader detail={detail} projectId={projectId} onReload={onReload} />
        {pane}
      </div>
    );
  }
  return (
    <div className={styles["page"]}>
      <TraceHeader detail={detail} projectId={projectId} onReload={onReload} />
      <Splitter label="Width of the tree" share={share} onChange={setShare} first={pane} second={panel} />
    </div>
  );
}
