/** The text or the messages of a prompt, with variables, references and placeholders told apart. */

import { Link } from "@tanstack/react-router";
import { useMemo } from "react";
import { Icon } from "@/components/icons";
import { JsonTree } from "@/components/JsonTree";
import type { Json } from "@/payload/json";
import { type PromptPart, readMessages, readTemplate, type TemplatePart } from "@/payload/prompts";
import styles from "./prompts.module.css";

export function PromptContent({ content, projectId }: { content: Json; projectId: string }) {
  const messages = useMemo(() => readMessages(content), [content]);
  if (messages === null) {
    return (
      <div className={styles["box"]}>
        <Content value={content} projectId={projectId} />
      </div>
    );
  }
  return (
    <ol className={styles["messages"]}>
      {messages.map((part, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the messages of a version never change places
        <Part key={index} part={part} projectId={projectId} />
      ))}
    </ol>
  );
}

function Part({ part, projectId }: { part: PromptPart; projectId: string }) {
  if (part.kind === "placeholder") {
    return (
      <li className={styles["placeholder"]}>
        <Icon name="more" size={14} />
        <span>Messages of the caller:</span>
        <code className={styles["placeholderName"]}>{part.name}</code>
      </li>
    );
  }
  return (
    <li className={styles["entry"]} data-role={part.kind === "message" ? part.role.toLowerCase() : undefined}>
      <div className={styles["role"]}>{part.kind === "message" ? part.role : "Unknown entry"}</div>
      <Content value={part.kind === "message" ? part.content : part.value} projectId={projectId} />
    </li>
  );
}

function Content({ value, projectId }: { value: Json; projectId: string }) {
  if (typeof value !== "string") return <JsonTree value={value} label="Content" />;
  return <Template text={value} projectId={projectId} />;
}

function Template({ text, projectId }: { text: string; projectId: string }) {
  const parts = useMemo(() => readTemplate(text), [text]);
  return (
    <div className={styles["text"]}>
      {parts.map((part, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the parts of one text never change places
        <TemplatePiece key={index} part={part} projectId={projectId} />
      ))}
    </div>
  );
}

function TemplatePiece({ part, projectId }: { part: TemplatePart; projectId: string }) {
  if (part.kind === "text") return part.text;
  if (part.kind === "variable") return <code className={styles["variable"]}>{part.text}</code>;
  const search = part.version === null ? { label: part.label ?? "" } : { version: part.version };
  return (
    <Link
      to="/project/$projectId/prompts/$"
      params={{ projectId, _splat: part.name }}
      search={search}
      className={styles["reference"]}
      title={part.text}
    >
      {part.name}
      <span>{part.version === null ? part.label : `version ${part.version}`}</span>
    </Link>
  );
}
