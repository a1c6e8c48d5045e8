/** The areas of the project, and where in one of them the viewer is. */

import { Link, useLocation, useNavigate, useParams } from "@tanstack/react-router";
import { Icon } from "@/components/icons";
import { Menu, MenuChoice } from "@/components/Menu";
import { AREAS, areaOf } from "./areas";
import { useIsNarrow } from "./hooks";
import styles from "./Shell.module.css";

export function Trail() {
  const { projectId } = useParams({ strict: false });
  const isNarrow = useIsNarrow();
  if (projectId === undefined) return <div className={styles["trail"]} />;
  return isNarrow ? <AreaMenu projectId={projectId} /> : <AreaLinks projectId={projectId} />;
}

function AreaLinks({ projectId }: { projectId: string }) {
  const place = usePlace();
  const current = useArea();
  return (
    <nav className={styles["trail"]} aria-label="Place">
      <ul className={styles["areas"]}>
        {AREAS.map((area) => (
          <li key={area.id}>
            <Link
              to={area.to}
              params={{ projectId }}
              activeOptions={{ exact: true, includeSearch: false }}
              {...(area.id === current ? { "aria-current": "true" as const } : {})}
            >
              {area.label}
            </Link>
          </li>
        ))}
      </ul>
      {place ? (
        <span className={styles["place"]} title={place.id}>
          {place.kind} {place.id.length > 14 ? `${place.id.slice(0, 12)}…` : place.id}
        </span>
      ) : null}
    </nav>
  );
}

function AreaMenu({ projectId }: { projectId: string }) {
  const current = useArea();
  const navigate = useNavigate();
  const options = AREAS.map(({ id, label }) => ({ value: id, label }));
  const label = AREAS.find((area) => area.id === current)?.label;
  return (
    <nav className={styles["trail"]} aria-label="Place">
      <Menu
        align="start"
        trigger={
          <button type="button" className={styles["switch"]} aria-label={`${label}, change area`}>
            <span className="truncate">{label}</span>
            <Icon name="down" size={12} />
          </button>
        }
      >
        <MenuChoice
          value={current}
          options={options}
          onChange={(id) => {
            const to = AREAS.find((area) => area.id === id)?.to ?? AREAS[0].to;
            void navigate({ to, params: { projectId } });
          }}
        />
      </Menu>
    </nav>
  );
}

function useArea() {
  return useLocation({ select: ({ pathname }) => areaOf(pathname) });
}

/** The one thing that the page is about, where its own heading does not say the id. */
function usePlace(): { kind: string; id: string } | null {
  const { traceId, sessionId, userId } = useParams({ strict: false });
  if (traceId) return { kind: "Trace", id: traceId };
  if (sessionId) return { kind: "Session", id: sessionId };
  return userId ? { kind: "User", id: userId } : null;
}
