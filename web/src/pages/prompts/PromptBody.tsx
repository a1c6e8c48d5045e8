/** One version of a prompt: its facts, its text or messages, what a caller has to give, its config. */

import type { Prompt } from "@/api/types";
import { Tag } from "@/components/badges";
import { Fact, FactStrip } from "@/components/FactStrip";
import { Foldable } from "@/components/Foldable";
import { Icon } from "@/components/icons";
import { MetadataFold } from "@/components/MetadataFold";
import { Segmented } from "@/components/Segmented";
import { Time } from "@/components/Time";
import type { Json } from "@/payload/json";
import { inputsOf } from "@/payload/prompts";
import { Labels } from "./Labels";
import { PromptContent } from "./PromptContent";
import styles from "./prompts.module.css";

interface PromptBodyProps {
  prompt: Prompt;
  projectId: string;
  isResolved: boolean;
  onResolve: (isResolved: boolean) => void;
}

const VIEWS = [
  { value: "written", label: "As written" },
  { value: "resolved", label: "Resolved" },
] as const;

export function PromptBody({ prompt, projectId, isResolved, onResolve }: PromptBodyProps) {
  const written = prompt.content as Json;
  const resolved = prompt.resolved_content as Json;
  const hasReferences = prompt.resolution_error !== null || JSON.stringify(resolved) !== JSON.stringify(written);
  const isShownResolved = isResolved && prompt.resolution_error === null;
  const content = isShownResolved ? resolved : written;
  const text = () => (typeof content === "string" ? content : JSON.stringify(content, null, 2));
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <div className={styles["body"]} role="region" aria-label={`Version ${prompt.version}`} tabIndex={0}>
      <FactStrip>
        <Fact label="Version">{prompt.version}</Fact>
        <Fact label="Type">{prompt.type}</Fact>
        <Fact label="Labels">
          <Labels labels={prompt.labels} />
        </Fact>
        {prompt.tags.length > 0 ? (
          <Fact label="Tags">
            <span className={styles["chips"]}>
              {prompt.tags.map((tag) => (
                <Tag key={tag}>{tag}</Tag>
              ))}
            </span>
          </Fact>
        ) : null}
        <Fact label="Created">
          <Time iso={prompt.created_at} full /> by {prompt.created_by}
        </Fact>
      </FactStrip>
      {prompt.commit_message ? <p className={styles["message"]}>{prompt.commit_message}</p> : null}
      {prompt.resolution_error === null ? null : (
        <p className={styles["problem"]} role="alert">
          <Icon name="alert" size={14} />
          <span>Its references cannot be replaced: {prompt.resolution_error}</span>
        </p>
      )}
      <Foldable
        title={prompt.type === "chat" ? "Messages" : "Text"}
        copy={text}
        note={
          hasReferences && prompt.resolution_error === null ? (
            <Segmented
              label="References"
              value={isShownResolved ? "resolved" : "written"}
              options={VIEWS}
              onChange={(view) => onResolve(view === "resolved")}
            />
          ) : null
        }
      >
        <PromptContent content={content} projectId={projectId} />
      </Foldable>
      <Inputs content={resolved ?? written} />
      <MetadataFold title="Config" value={prompt.config} isOpenAtFirst />
    </div>
  );
}

function Inputs({ content }: { content: Json }) {
  const { variables, placeholders } = inputsOf(content);
  if (variables.length + placeholders.length === 0) return null;
  return (
    <FactStrip>
      {variables.length > 0 ? (
        <Fact label="Variables">
          <span className={styles["chips"]}>
            {variables.map((name) => (
              <code key={name} className={styles["variable"]}>
                {name}
              </code>
            ))}
          </span>
        </Fact>
      ) : null}
      {placeholders.length > 0 ? (
        <Fact label="Placeholders">
          <span className={styles["chips"]}>
            {placeholders.map((name) => (
              <code key={name} className={styles["placeholderName"]}>
                {name}
              </code>
            ))}
          </span>
        </Fact>
      ) : null}
    </FactStrip>
  );
}
