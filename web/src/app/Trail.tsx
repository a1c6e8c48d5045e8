/** Where the viewer is, as links back. Later areas of the application get their name here. */

import { Link, useParams } from "@tanstack/react-router";
import styles from "./Shell.module.css";

export function Trail() {
  const { projectId, traceId, sessionId, userId } = useParams({ strict: false });
  if (projectId === undefined) return <div className={styles["trail"]} />;
  const place = traceId
    ? { kind: "Trace", id: traceId }
    : sessionId
      ? { kind: "Session", id: sessionId }
      : userId
        ? { kind: "User", id: userId }
        : null;
  return (
    <nav className={styles["trail"]} aria-label="Place">
      <ol>
        <li>
          <Link
            to="/project/$projectId/traces"
            params={{ projectId }}
            activeOptions={{ exact: true, includeSearch: false }}
          >
            Traces
          </Link>
        </li>
        {place ? (
          <li>
            <span className="truncate" aria-current="page" title={place.id}>
              {place.kind} {place.id.length > 14 ? `${place.id.slice(0, 12)}…` : place.id}
            </span>
          </li>
        ) : null}
      </ol>
    </nav>
  );
}
