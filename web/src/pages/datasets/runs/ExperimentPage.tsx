/** The link that clients of the newest generation print after an experiment: its id alone, as the baseline. */

import { Link, useParams, useSearch } from "@tanstack/react-router";
import { useTitle } from "@/app/hooks";
import buttons from "@/components/Button.module.css";
import { EmptyState } from "@/components/ErrorPanel";
import { RunView } from "./RunView";

export function ExperimentPage() {
  const { projectId } = useParams({ from: "/signed-in/project/$projectId/experiments/results" });
  const { baseline } = useSearch({ from: "/signed-in/project/$projectId/experiments/results" });
  return baseline === undefined ? (
    <NoExperiment projectId={projectId} />
  ) : (
    <RunView key={baseline} projectId={projectId} runId={baseline} />
  );
}

function NoExperiment({ projectId }: { projectId: string }) {
  useTitle("Experiment");
  return (
    <EmptyState title="No experiment is named" message="The address lacks the id of an experiment: ?baseline=…">
      <Link
        to="/project/$projectId/datasets"
        params={{ projectId }}
        className={`${buttons["button"]} ${buttons["outline"]}`}
      >
        All datasets
      </Link>
    </EmptyState>
  );
}
