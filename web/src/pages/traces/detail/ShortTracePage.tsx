/** A link that names a trace and no project: finds the project and goes on to the trace. */

import { useQuery } from "@tanstack/react-query";
import { Navigate, useParams, useRouteContext, useSearch } from "@tanstack/react-router";
import { traceProjectQuery } from "@/api/queries";
import { EmptyState, ErrorPanel } from "@/components/ErrorPanel";
import { TraceSkeleton } from "./TraceSkeleton";

export function ShortTracePage() {
  const { traceId } = useParams({ from: "/signed-in/trace/$traceId" });
  const search = useSearch({ from: "/signed-in/trace/$traceId" });
  const { me } = useRouteContext({ from: "/signed-in/trace/$traceId" });
  const projectIds = me.projects.map((project) => project.id);
  const found = useQuery(traceProjectQuery(projectIds, traceId));
  if (found.isPending) return <TraceSkeleton />;
  if (found.isError) {
    return (
      <ErrorPanel error={found.error} title="The trace could not be loaded" onRetry={() => void found.refetch()} />
    );
  }
  if (found.data === null) {
    return <EmptyState title="There is no such trace" message={`None of your projects holds a trace ${traceId}.`} />;
  }
  const params = { projectId: found.data, traceId };
  return <Navigate to="/project/$projectId/traces/$traceId" params={params} search={search} replace />;
}
