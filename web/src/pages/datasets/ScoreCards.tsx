/** How a run was judged: an average where there are numbers, the shares of the values where there are words. */

import type { ScoreSummary } from "@/api/types";
import { formatInteger, NONE, plural } from "@/format/numbers";
import { formatMean, valueShares } from "@/format/scores";
import styles from "./datasets.module.css";

const MOST_VALUES = 5;

export function ScoreCards({ scores }: { scores: ScoreSummary[] }) {
  if (scores.length === 0) return null;
  return (
    <ul className={styles["scores"]} aria-label="Scores">
      {scores.map((score) => (
        <li key={`${score.data_type} ${score.name}`} className={styles["score"]}>
          <span className={styles["scoreName"]}>
            <span className="truncate" title={score.name}>
              {score.name}
            </span>
            <small title={plural(score.count, "score")}>
              <span aria-hidden="true">n = </span>
              {formatInteger(score.count)}
              <span className="visually-hidden"> scores</span>
            </small>
          </span>
          {score.mean === null ? null : (
            <span className={styles["mean"]} title={`Average ${score.mean}`}>
              {formatMean(score)}
            </span>
          )}
          <Shares score={score} />
        </li>
      ))}
    </ul>
  );
}

function Shares({ score }: { score: ScoreSummary }) {
  const shares = valueShares(score, MOST_VALUES);
  if (shares.length === 0) return score.mean === null ? <span className={styles["scoreName"]}>free text</span> : null;
  return (
    <ul className={styles["shares"]}>
      {shares.map(({ value, count, share }) => (
        <li key={value} className={styles["share"]}>
          <span className="truncate" title={value}>
            {value}
          </span>
          <span className={styles["track"]} aria-hidden="true">
            <span style={{ width: `${share * 100}%` }} />
          </span>
          <span>{formatInteger(count)}</span>
        </li>
      ))}
    </ul>
  );
}

/** The same in one line, for a run in a list. */
export function ScoreChips({ scores }: { scores: ScoreSummary[] }) {
  if (scores.length === 0) return NONE;
  return (
    <span className={styles["chips"]}>
      {scores.map((score) => (
        <span key={`${score.data_type} ${score.name}`} className={styles["chip"]}>
          <span className="truncate">{score.name}</span>
          <b>{score.mean === null ? (valueShares(score, MOST_VALUES)[0]?.value ?? NONE) : formatMean(score)}</b>
        </span>
      ))}
    </span>
  );
}
