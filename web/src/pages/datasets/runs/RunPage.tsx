/** The link that clients of older generations print after an experiment: dataset and run, each by its id. */

import { useParams } from "@tanstack/react-router";
import { RunView } from "./RunView";

export function RunPage() {
  const { projectId, runId } = useParams({ from: "/signed-in/project/$projectId/datasets/$datasetId/runs/$runId" });
  return <RunView key={runId} projectId={projectId} runId={runId} />;
}
