import { useTitle } from "@/app/hooks";
import { EmptyState } from "@/components/ErrorPanel";

/** A viewer who belongs to no project yet. */
export function NoProjectPage() {
  useTitle("No project");
  return (
    <EmptyState
      title="You are in no project yet"
      message="Ask whoever runs this server to add you to one, then reload."
    />
  );
}
