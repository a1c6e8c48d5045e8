/** One user: the traces of that user, with the same search and filters as the list of all. */

import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useMemo } from "react";
import { useTitle } from "@/app/hooks";
import { Button } from "@/components/Button";
import { CopyButton } from "@/components/CopyButton";
import { EmptyState } from "@/components/ErrorPanel";
import { Heading } from "@/components/Heading";
import { canBeLive, type ListSearch, toListKey } from "@/pages/traces/list/search";
import { Toolbar } from "@/pages/traces/list/Toolbar";
import { TraceList } from "@/pages/traces/list/TraceList";
import styles from "./UserPage.module.css";

export function UserPage() {
  const { projectId, userId } = useParams({ from: "/signed-in/project/$projectId/users/$userId" });
  const search = useSearch({ from: "/signed-in/project/$projectId/users/$userId" });
  const navigate = useNavigate({ from: "/project/$projectId/users/$userId" });
  useTitle(`User ${userId}`);
  const key = useMemo(() => toListKey(projectId, { ...search, user: userId }), [projectId, search, userId]);
  const change = (next: ListSearch, replace = false) =>
    void navigate({ search: (current) => ({ ...current, ...next }), replace });
  const clear = () => void navigate({ search: {} });
  const isPlain = Object.keys(search).every((name) => name === "live");
  return (
    <div className={styles["page"]}>
      <Heading icon="user" kind="User" title={userId}>
        <CopyButton text={userId} label="Copy user id" />
      </Heading>
      <Toolbar search={search} onChange={change} onClear={clear} listKey={key} fixed={["user"]} />
      <TraceList
        key={JSON.stringify(key)}
        listKey={key}
        isLive={canBeLive(search) && search.live !== "off"}
        onFilter={change}
        without="user"
        empty={
          <EmptyState
            title={isPlain ? "No trace of this user" : "No trace of this user matches"}
            message={`Nothing was sent with the user id ${userId}${isPlain ? "" : " that fits this search"}.`}
          >
            {isPlain ? null : <Button onClick={clear}>Clear search and filters</Button>}
          </EmptyState>
        }
      />
    </div>
  );
}
