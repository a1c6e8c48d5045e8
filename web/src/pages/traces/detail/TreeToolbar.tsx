/** Finding in the tree, opening and closing it, and the switch of the timeline. */

import { IconButton } from "@/components/Button";
import { Icon } from "@/components/icons";
import { formatInteger } from "@/format/numbers";
import styles from "./TreeToolbar.module.css";

interface TreeToolbarProps {
  find: string;
  onFind: (text: string) => void;
  /** How many observations match; null when nothing is looked for. */
  matches: number | null;
  errors: number;
  onExpand: () => void;
  onCollapse: () => void;
  timeline: { isShown: boolean; onToggle: () => void } | null;
}

const ERRORS = "is:error";

export function TreeToolbar(props: TreeToolbarProps) {
  const { find, onFind, matches, errors, onExpand, onCollapse, timeline } = props;
  const isErrors = find === ERRORS;
  return (
    <div className={styles["toolbar"]}>
      <label className={styles["find"]}>
        <Icon name="search" size={13} />
        <input
          type="search"
          value={find}
          placeholder="Find in this trace"
          aria-label="Find observations by name, type, model or id"
          spellCheck={false}
          onChange={(event) => onFind(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === "Escape") onFind("");
          }}
        />
        <span className={styles["matches"]} role="status">
          {matches === null ? "" : formatInteger(matches)}
        </span>
      </label>
      {errors > 0 ? (
        <button
          type="button"
          className={styles["errors"]}
          aria-pressed={isErrors}
          onClick={() => onFind(isErrors ? "" : ERRORS)}
        >
          {errors === 1 ? "1 error" : `${formatInteger(errors)} errors`}
        </button>
      ) : null}
      <span className={styles["end"]}>
        <IconButton icon="expand" label="Expand all" onClick={onExpand} />
        <IconButton icon="collapse" label="Collapse all" onClick={onCollapse} />
        {timeline ? (
          <IconButton icon="timeline" label="Timeline" aria-pressed={timeline.isShown} onClick={timeline.onToggle} />
        ) : null}
      </span>
    </div>
  );
}
