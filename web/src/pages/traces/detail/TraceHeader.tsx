/** The facts of the whole trace in one strip. */

import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { TraceDetail } from "@/api/types";
import { IconButton } from "@/components/Button";
import { LevelCount, Tag } from "@/components/badges";
import { copyText } from "@/components/CopyButton";
import { Icon, type IconName } from "@/components/icons";
import { Menu, MenuItem } from "@/components/Menu";
import { Time } from "@/components/Time";
import { formatInteger, plural } from "@/format/numbers";
import { formatAgo } from "@/format/times";
import { totalUsage } from "@/format/usage";
import { Cost, Latency } from "@/pages/traces/list/columns";
import styles from "./TraceHeader.module.css";

interface TraceHeaderProps {
  detail: TraceDetail;
  projectId: string;
  onReload: () => void;
}

export function TraceHeader({ detail, projectId, onReload }: TraceHeaderProps) {
  const { trace } = detail;
  return (
    <header className={styles["header"]}>
      <div className={styles["titleRow"]}>
        <h1 className="truncate" title={trace.name ?? trace.id}>
          {trace.name ?? trace.id}
        </h1>
        <LevelCount counts={trace.level_counts} />
        <span className={styles["tags"]}>
          {trace.tags.map((tag) => (
            <Tag key={tag}>{tag}</Tag>
          ))}
        </span>
        <span className={styles["actions"]}>
          <IconButton icon="refresh" label="Reload the trace" onClick={onReload} />
          <TraceActions detail={detail} />
        </span>
      </div>
      <Facts detail={detail} projectId={projectId} />
    </header>
  );
}

function Facts({ detail, projectId }: { detail: TraceDetail; projectId: string }) {
  const { trace } = detail;
  const tokens = totalUsage(trace.usage);
  return (
    <dl className={styles["facts"]}>
      <Fact label="Started">
        <Time iso={trace.timestamp} full /> <span className={styles["ago"]}>{formatAgo(trace.timestamp)}</span>
      </Fact>
      <Fact label="Latency">
        <Latency seconds={trace.latency_seconds} />
      </Fact>
      {tokens === null ? null : (
        <Fact label="Tokens">
          {trace.usage["input"] !== undefined && trace.usage["output"] !== undefined
            ? `${formatInteger(trace.usage["input"])} → ${formatInteger(trace.usage["output"])}`
            : formatInteger(tokens)}
        </Fact>
      )}
      {trace.total_cost_usd === null ? null : (
        <Fact label="Cost">
          <Cost usd={trace.total_cost_usd} />
        </Fact>
      )}
      <Fact label="Size">{plural(detail.observations.length, "observation")}</Fact>
      {trace.user_id === null ? null : (
        <Fact label="User" icon="user">
          <Link to="/project/$projectId/users/$userId" params={{ projectId, userId: trace.user_id }}>
            {trace.user_id}
          </Link>
        </Fact>
      )}
      {trace.session_id === null ? null : (
        <Fact label="Session" icon="session">
          <Link to="/project/$projectId/sessions/$sessionId" params={{ projectId, sessionId: trace.session_id }}>
            {trace.session_id}
          </Link>
        </Fact>
      )}
      <Fact label="Environment">{trace.environment}</Fact>
      {trace.release === null ? null : <Fact label="Release">{trace.release}</Fact>}
      {trace.version === null ? null : <Fact label="Version">{trace.version}</Fact>}
    </dl>
  );
}

function Fact({ label, icon, children }: { label: string; icon?: IconName; children: ReactNode }) {
  return (
    <div className={styles["fact"]}>
      <dt>
        {icon ? <Icon name={icon} size={12} /> : null}
        {label}
      </dt>
      <dd className="truncate">{children}</dd>
    </div>
  );
}

function TraceActions({ detail }: { detail: TraceDetail }) {
  // What could not be copied is still in the address bar or on the screen: no message is worth an interruption.
  const copy = (text: string) => void copyText(text).catch(() => undefined);
  return (
    <Menu trigger={<IconButton icon="more" label="More about this trace" />}>
      <MenuItem icon="copy" onSelect={() => copy(detail.trace.id)}>
        Copy trace id
      </MenuItem>
      <MenuItem icon="link" onSelect={() => copy(window.location.href)}>
        Copy link
      </MenuItem>
      <MenuItem icon="braces" onSelect={() => copy(JSON.stringify(detail, null, 2))}>
        Copy as JSON
      </MenuItem>
    </Menu>
  );
}
