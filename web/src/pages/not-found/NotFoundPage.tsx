import { Link } from "@tanstack/react-router";
import { useTitle } from "@/app/hooks";
import buttons from "@/components/Button.module.css";
import { EmptyState } from "@/components/ErrorPanel";

/** An address that leads nowhere. */
export function NotFoundPage() {
  useTitle("Not found");
  return (
    <EmptyState title="There is no such page" message="The address may be incomplete, or of a page that was removed.">
      <Link to="/" className={`${buttons["button"]} ${buttons["outline"]}`}>
        Go to your traces
      </Link>
    </EmptyState>
  );
}
