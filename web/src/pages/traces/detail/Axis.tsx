/** The scale above the timeline, in time since the trace began. */

import { axisTicks, formatTick } from "@/format/durations";
import styles from "./TreePane.module.css";

const MAX_TICKS = 5;

export function Axis({ seconds }: { seconds: number }) {
  return (
    <div className={styles["axis"]} aria-hidden="true">
      <span className={styles["axisTrack"]}>
        {axisTicks(seconds, MAX_TICKS).map((tick) => (
          <span key={tick} className={styles["tick"]} style={{ left: `${seconds > 0 ? (tick / seconds) * 100 : 0}%` }}>
            {tick === 0 ? "0" : formatTick(tick)}
          </span>
        ))}
      </span>
    </div>
  );
}
