/** The list of a project's traces. The URL holds search, filters, time range and whether it is live. */

import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useMemo } from "react";
import { useTitle } from "@/app/hooks";
import { Button } from "@/components/Button";
import { EmptyState } from "@/components/ErrorPanel";
import { FirstTrace } from "./FirstTrace";
import { canBeLive, isNarrowed, type ListSearch, toListKey } from "./search";
import { Toolbar } from "./Toolbar";
import { TraceList } from "./TraceList";
import styles from "./TraceList.module.css";

export function TracesPage() {
  useTitle("Traces");
  const { projectId } = useParams({ from: "/signed-in/project/$projectId/traces" });
  const search = useSearch({ from: "/signed-in/project/$projectId/traces" });
  const navigate = useNavigate({ from: "/project/$projectId/traces" });
  const key = useMemo(() => toListKey(projectId, search), [projectId, search]);
  const isEmptyProject = !isNarrowed(key);
  const change = (next: ListSearch, replace = false) =>
    void navigate({ search: (current) => ({ ...current, ...next }), replace });
  const clear = () => void navigate({ search: (current) => (current.live ? { live: current.live } : {}) });
  return (
    <div className={styles["page"]}>
      <h1 className="visually-hidden">Traces</h1>
      <Toolbar search={search} onChange={change} onClear={clear} listKey={key} />
      <TraceList
        key={JSON.stringify(key)}
        listKey={key}
        isLive={canBeLive(search) && search.live !== "off"}
        onFilter={change}
        empty={
          isEmptyProject ? (
            <FirstTrace listKey={key} />
          ) : (
            <EmptyState
              title="No trace matches"
              message="Nothing was found for this search, these filters and this time range."
            >
              <Button onClick={clear}>Clear search and filters</Button>
            </EmptyState>
          )
        }
      />
    </div>
  );
}
