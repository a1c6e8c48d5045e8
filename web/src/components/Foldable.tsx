/** A part of a page that can be closed, with its size and a button that copies it. */

import { type ReactNode, useId, useState } from "react";
import { CopyButton } from "./CopyButton";
import styles from "./Foldable.module.css";
import { Icon } from "./icons";

interface FoldableProps {
  title: string;
  note?: ReactNode;
  copy?: string | (() => string);
  isOpenAtFirst?: boolean;
  children: ReactNode;
}

export function Foldable({ title, note, copy, isOpenAtFirst = true, children }: FoldableProps) {
  const [isOpen, setIsOpen] = useState(isOpenAtFirst);
  const bodyId = useId();
  return (
    <section className={styles["section"]}>
      <div className={styles["head"]}>
        <h2>
          <button
            type="button"
            className={styles["fold"]}
            aria-expanded={isOpen}
            aria-controls={bodyId}
            onClick={() => setIsOpen(!isOpen)}
          >
            <Icon name="down" size={12} />
            {title}
          </button>
        </h2>
        <span className={styles["note"]}>{note}</span>
        {copy === undefined ? null : (
          <CopyButton text={copy} label={`Copy ${title.toLowerCase()}`} className={styles["copy"]} />
        )}
      </div>
      <div id={bodyId} hidden={!isOpen}>
        {isOpen ? children : null}
      </div>
    </section>
  );
}
