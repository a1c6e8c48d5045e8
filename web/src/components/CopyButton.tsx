/** Copies a text and says so for a moment. */

import { useEffect, useState } from "react";
import { IconButton } from "./Button";
import type { IconName } from "./icons";

/** Browsers give the clipboard to secure origins only; a server on a plain LAN address needs the older way. */
export async function copyText(text: string): Promise<void> {
  if (navigator.clipboard) {
    await navigator.clipboard.writeText(text);
    return;
  }
  const area = document.createElement("textarea");
  area.value = text;
  area.className = "visually-hidden";
  document.body.append(area);
  area.select();
  document.execCommand("copy");
  area.remove();
}

interface CopyButtonProps {
  /** The text, or how to make it: large ones are made only when asked for. */
  text: string | (() => string);
  label: string;
  icon?: IconName;
  className?: string | undefined;
}

export function CopyButton({ text, label, icon = "copy", className }: CopyButtonProps) {
  const [state, setState] = useState<"idle" | "done" | "failed">("idle");
  useEffect(() => {
    if (state === "idle") return undefined;
    const timer = setTimeout(() => setState("idle"), 1500);
    return () => clearTimeout(timer);
  }, [state]);
  const copy = () => {
    copyText(typeof text === "string" ? text : text()).then(
      () => setState("done"),
      () => setState("failed"),
    );
  };
  const spoken = state === "done" ? "Copied" : state === "failed" ? "Could not copy" : label;
  const shown = state === "done" ? "check" : state === "failed" ? "alert" : icon;
  return <IconButton icon={shown} label={spoken} onClick={copy} className={className} aria-live="polite" />;
}
