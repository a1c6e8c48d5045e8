/** One prompt: its versions, and one of them as written or with its references replaced. */

import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { ApiError } from "@/api/client";
import { promptQuery } from "@/api/queries";
import type { PromptDetails, PromptVersionItem } from "@/api/types";
import { useTitle } from "@/app/hooks";
import buttons from "@/components/Button.module.css";
import { CopyButton } from "@/components/CopyButton";
import { ErrorPanel } from "@/components/ErrorPanel";
import { Heading } from "@/components/Heading";
import { RowsSkeleton } from "@/components/RowsSkeleton";
import { formatAgo, formatExactTime } from "@/format/times";
import { Labels } from "./Labels";
import { PromptBody } from "./PromptBody";
import styles from "./prompts.module.css";

export function PromptPage() {
  const { projectId, _splat: name = "" } = useParams({ from: "/signed-in/project/$projectId/prompts/$" });
  const { view, ...which } = useSearch({ from: "/signed-in/project/$projectId/prompts/$" });
  const navigate = useNavigate({ from: "/project/$projectId/prompts/$" });
  const prompt = useQuery(promptQuery(projectId, name, which));
  useTitle(name);
  if (prompt.isError) {
    const isUnknown = prompt.error instanceof ApiError && prompt.error.status === 404;
    return (
      <ErrorPanel
        error={prompt.error}
        title={isUnknown ? "There is no such prompt" : "The prompt could not be loaded"}
        onRetry={() => void prompt.refetch()}
      >
        <Link
          to="/project/$projectId/prompts"
          params={{ projectId }}
          className={`${buttons["button"]} ${buttons["outline"]}`}
        >
          All prompts
        </Link>
      </ErrorPanel>
    );
  }
  return (
    <div className={styles["page"]}>
      <Heading icon="prompt" kind="Prompt" title={name}>
        <CopyButton text={name} label="Copy prompt name" />
      </Heading>
      {prompt.data === undefined ? (
        <RowsSkeleton label="Loading the prompt" />
      ) : (
        <div className={styles["split"]}>
          <Versions details={prompt.data} projectId={projectId} name={name} />
          <PromptBody
            key={prompt.data.prompt.id}
            prompt={prompt.data.prompt}
            projectId={projectId}
            isResolved={view === "resolved"}
            onResolve={(next) =>
              void navigate({ search: (current) => ({ ...current, view: next ? "resolved" : "" }), replace: true })
            }
          />
        </div>
      )}
    </div>
  );
}

/** The address may name a version far down the list. */
function showChosen(list: HTMLElement | null): void {
  const chosen = list?.querySelector<HTMLElement>("[data-chosen]");
  if (list && chosen) list.scrollTop = chosen.offsetTop - (list.clientHeight - chosen.offsetHeight) / 2;
}

function Versions({ details, projectId, name }: { details: PromptDetails; projectId: string; name: string }) {
  return (
    <nav ref={showChosen} className={styles["versions"]} aria-label="Versions">
      <ol>
        {details.versions.map((version) => (
          <li key={version.id}>
            <Link
              to="/project/$projectId/prompts/$"
              params={{ projectId, _splat: name }}
              search={{ version: String(version.version) }}
              className={styles["version"]}
              data-chosen={version.version === details.prompt.version || undefined}
              {...(version.version === details.prompt.version ? { "aria-current": "page" as const } : {})}
            >
              <Version version={version} />
            </Link>
          </li>
        ))}
      </ol>
    </nav>
  );
}

function Version({ version }: { version: PromptVersionItem }) {
  return (
    <>
      <span className={styles["versionHead"]}>
        <b>Version {version.version}</b>
        <span title={formatExactTime(version.created_at)}>{formatAgo(version.created_at)}</span>
      </span>
      {version.labels.length > 0 ? <Labels labels={version.labels} /> : null}
      {version.commit_message ? (
        <span className={styles["commit"]} title={version.commit_message}>
          {version.commit_message}
        </span>
      ) : null}
    </>
  );
}
