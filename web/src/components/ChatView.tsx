/** A conversation: who said what, which tools were called and what they answered. */

import { useState } from "react";
import { plural } from "@/format/numbers";
import type { ChatMessage, Conversation, Part } from "@/payload/chat";
import { asText, isRecord, type Json } from "@/payload/json";
import styles from "./chat.module.css";
import { Icon } from "./icons";
import { JsonTree } from "./JsonTree";
import { Markdown } from "./Markdown";

const ROLE_LABEL: Record<ChatMessage["role"], string> = {
  system: "System",
  user: "User",
  assistant: "Assistant",
  tool: "Tool",
};

/** Of a long conversation the first message and the last ones are shown; what is between opens on demand. */
const HEAD = 2;
const TAIL = 14;
const FOLD_FROM = HEAD + TAIL + 6;

export function ChatView({ conversation }: { conversation: Conversation }) {
  const { messages, tools, rest } = conversation;
  const [isWhole, setIsWhole] = useState(messages.length < FOLD_FROM);
  const hidden = isWhole ? 0 : messages.length - HEAD - TAIL;
  return (
    <div className={styles["chat"]}>
      {tools.length > 0 ? <Tools tools={tools} /> : null}
      <ol className={styles["messages"]}>
        {messages.map((message, index) => {
          if (hidden > 0 && index === HEAD) {
            return (
              <li key="hidden">
                <button type="button" className={styles["unfold"]} onClick={() => setIsWhole(true)}>
                  <Icon name="expand" size={12} />
                  {plural(hidden, "more message")}
                </button>
              </li>
            );
          }
          if (hidden > 0 && index > HEAD && index < HEAD + hidden) return null;
          // biome-ignore lint/suspicious/noArrayIndexKey: messages never change places
          return <Message key={index} message={message} />;
        })}
      </ol>
      {rest ? (
        <Fold label={plural(Object.keys(rest).length, "more field")}>
          <JsonTree value={rest} label="Other fields" />
        </Fold>
      ) : null}
    </div>
  );
}

/** A system prompt this long starts folded: it is the same in every call. */
const LONG_SYSTEM = 900;

function Message({ message }: { message: ChatMessage }) {
  const length = message.parts.reduce((sum, part) => sum + (part.kind === "text" ? part.text.length : 0), 0);
  const [isOpen, setIsOpen] = useState(message.role !== "system" || length < LONG_SYSTEM);
  const body = message.parts.map((part, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: parts never change places
    <PartView key={index} part={part} />
  ));
  return (
    <li className={styles["message"]} data-role={message.role}>
      <div className={styles["role"]}>
        {ROLE_LABEL[message.role]}
        {message.name ? <span className={styles["who"]}>{message.name}</span> : null}
      </div>
      {isOpen ? body : <div className={styles["folded"]}>{body}</div>}
      {isOpen ? null : (
        <button type="button" className={styles["unfold"]} onClick={() => setIsOpen(true)}>
          <Icon name="expand" size={12} />
          Show the whole system prompt
        </button>
      )}
    </li>
  );
}

function PartView({ part }: { part: Part }) {
  switch (part.kind) {
    case "text":
      return <Markdown text={part.text} />;
    case "thinking":
      return (
        <Fold icon="thought" label="Thinking" isOpen={part.text.length < 600}>
          <div className={styles["thinking"]}>
            <Markdown text={part.text} />
          </div>
        </Fold>
      );
    case "call":
      return (
        <div className={styles["call"]}>
          <div className={styles["callHead"]}>
            <Icon name="TOOL" size={13} />
            <b>{part.name}</b>
            {part.id ? <span className={styles["callId"]}>{part.id}</span> : null}
          </div>
          {isNothing(part.arguments) ? null : <JsonTree value={part.arguments} label={`Arguments of ${part.name}`} />}
        </div>
      );
    case "result":
      return <Result part={part} />;
    case "media":
      return (
        <span className={styles["media"]}>
          <Icon name="image" size={13} />
          {part.label}
        </span>
      );
    case "other":
      return <JsonTree value={part.value} label="Part" />;
  }
}

function isNothing(value: Json): boolean {
  return value === null || value === "" || (isRecord(value) && Object.keys(value).length === 0);
}

function Result({ part }: { part: Part & { kind: "result" } }) {
  return (
    <div className={styles["call"]} data-error={part.isError || undefined}>
      {part.name || part.id || part.isError ? (
        <div className={styles["callHead"]}>
          <Icon name={part.isError ? "alert" : "right"} size={13} />
          <b>{part.name ?? (part.isError ? "Error" : "Result")}</b>
          {part.id ? <span className={styles["callId"]}>{part.id}</span> : null}
        </div>
      ) : null}
      <ResultBody content={part.content} />
    </div>
  );
}

function ResultBody({ content }: { content: Json }) {
  if (typeof content !== "string") return <JsonTree value={content} label="Result" />;
  const parsed = /^\s*[[{]/.test(content) ? parseOrNull(content) : null;
  return parsed === null ? <Markdown text={content} /> : <JsonTree value={parsed} label="Result" />;
}

function parseOrNull(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return null;
  }
}

function toolName(tool: Json): string {
  if (!isRecord(tool)) return "tool";
  const inner = isRecord(tool["function"]) ? tool["function"] : tool;
  return asText(inner["name"]) ?? asText(inner["type"]) ?? "tool";
}

function Tools({ tools }: { tools: Json[] }) {
  return (
    <Fold icon="TOOL" label={`${plural(tools.length, "tool")} offered: ${tools.map(toolName).join(", ")}`}>
      <JsonTree value={tools} label="Tools offered" />
    </Fold>
  );
}

interface FoldProps {
  label: string;
  icon?: "TOOL" | "thought";
  isOpen?: boolean;
  children: React.ReactNode;
}

function Fold({ label, icon, isOpen: isOpenAtFirst = false, children }: FoldProps) {
  const [isOpen, setIsOpen] = useState(isOpenAtFirst);
  return (
    <div className={styles["fold"]}>
      <button type="button" aria-expanded={isOpen} onClick={() => setIsOpen(!isOpen)}>
        <Icon name="right" size={10} />
        {icon ? <Icon name={icon} size={13} /> : null}
        <span className="truncate">{label}</span>
      </button>
      {isOpen ? children : null}
    </div>
  );
}
