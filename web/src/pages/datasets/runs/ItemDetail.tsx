/** An item of a run, whole: its payloads side by side, and every score with its comment. */

import { useQuery } from "@tanstack/react-query";
import { runItemQuery } from "@/api/queries";
import type { RunItem, ScoreItem } from "@/api/types";
import { Button } from "@/components/Button";
import { CopyButton } from "@/components/CopyButton";
import { PayloadView } from "@/components/PayloadView";
import { formatScoreValue } from "@/format/scores";
import styles from "./runs.module.css";

const PAYLOADS = [
  { key: "input", title: "Input" },
  { key: "output", title: "Output" },
  { key: "expected_output", title: "Expected output" },
] as const;

interface ItemDetailProps {
  projectId: string;
  runId: string;
  item: RunItem;
}

export function ItemDetail({ projectId, runId, item }: ItemDetailProps) {
  const isCut = item.cut.length > 0;
  const whole = useQuery({ ...runItemQuery(projectId, runId, item.id), enabled: isCut });
  const shown = whole.data ?? item;
  return (
    <div className={styles["detail"]}>
      {whole.isError ? (
        <p className={styles["problem"]} role="alert">
          The rest of it could not be loaded: {whole.error.message}
          <Button icon="refresh" onClick={() => void whole.refetch()}>
            Try again
          </Button>
        </p>
      ) : null}
      <div className={styles["payloads"]}>
        {PAYLOADS.map(({ key, title }) => (
          <Payload
            key={key}
            title={title}
            text={shown[key]}
            isPartial={whole.data === undefined && item.cut.includes(key)}
          />
        ))}
      </div>
      <Scores scores={shown.scores} />
    </div>
  );
}

function Payload({ title, text, isPartial }: { title: string; text: string | null; isPartial: boolean }) {
  return (
    <section className={styles["payload"]}>
      <div className={styles["payloadHead"]}>
        <h2>{title}</h2>
        {text === null ? <span>none</span> : null}
        {isPartial ? <span>the beginning</span> : null}
        {text === null || isPartial ? null : (
          <CopyButton text={text} label={`Copy ${title.toLowerCase()}`} className={styles["copy"]} />
        )}
      </div>
      {text === null ? null : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        <div className={styles["payloadBody"]} role="region" aria-label={title} tabIndex={0}>
          <PayloadView text={text} />
        </div>
      )}
    </section>
  );
}

function Scores({ scores }: { scores: ScoreItem[] }) {
  if (scores.length === 0) return null;
  return (
    <ul className={styles["scores"]} aria-label="Scores of the item">
      {scores.map((score) => (
        <li key={score.id}>
          <b>{score.name}</b>
          <span className="tabular">{formatScoreValue(score)}</span>
          {score.comment ? <q>{score.comment}</q> : null}
        </li>
      ))}
    </ul>
  );
}
