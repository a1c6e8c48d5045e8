/** The scale above the timeline, in time since the trace began. */

import { axisTicks, formatTick } from "@/format/durations";
import styles from "./TreePane.module.css";

const MAX_STEPS = 4;
/** A label that begins beyond this share has no room to its right. */
const LAST = 0.86;

export function Axis({ seconds }: { seconds: number }) {
  return (
    <div className={styles["axis"]} aria-hidden="true">
      <span className={styles["axisTrack"]}>
        {axisTicks(seconds, MAX_STEPS).map((tick) => (
          <span
            key={tick}
            className={styles["tick"]}
            data-last={tick / seconds > LAST || undefined}
            style={{ left: `${seconds > 0 ? (tick / seconds) * 100 : 0}%` }}
          >
            {tick === 0 ? "0" : formatTick(tick)}
          </span>
        ))}
      </span>
    </div>
  );
}
