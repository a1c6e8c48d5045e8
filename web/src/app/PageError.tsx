/** The last net: a page that could not be made at all. */

import { useRouter } from "@tanstack/react-router";
import { ErrorPanel } from "@/components/ErrorPanel";

export function PageError({ error, reset }: { error: unknown; reset: () => void }) {
  const router = useRouter();
  const retry = () => {
    reset();
    void router.invalidate();
  };
  return (
    <main>
      <ErrorPanel error={error} title="This page could not be shown" onRetry={retry} />
    </main>
  );
}
