/** An input or an output as a person wants to read it: a conversation, a text, or a tree of JSON. */

import { useMemo } from "react";
import { readConversation } from "@/payload/chat";
import { isRecord, type Json, parsePayload } from "@/payload/json";
import { ChatView } from "./ChatView";
import { JsonTree } from "./JsonTree";
import { Markdown } from "./Markdown";
import styles from "./payload.module.css";

export function PayloadView({ text }: { text: string }) {
  const value = useMemo(() => parsePayload(text).value, [text]);
  const conversation = useMemo(() => readConversation(value), [value]);
  if (conversation) return <ChatView conversation={conversation} />;
  const prose = proseOf(value);
  if (prose !== null) {
    return (
      <div className={styles["prose"]}>
        <Markdown text={prose} />
      </div>
    );
  }
  return (
    <div className={styles["box"]}>
      <JsonTree value={value} label="JSON" />
    </div>
  );
}

/** A text, or an object that is nothing but a wrapper around one text. */
function proseOf(value: Json): string | null {
  if (typeof value === "string") return value;
  if (!isRecord(value)) return null;
  const entries = Object.entries(value);
  const [key, inner] = entries[0] ?? [];
  const isWrapper = entries.length === 1 && (key === "text" || key === "content" || key === "completion");
  return isWrapper && typeof inner === "string" ? inner : null;
}
