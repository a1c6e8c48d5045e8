/** The heading of a page about one thing: what kind, its name, its facts. */

import type { ReactNode } from "react";
import styles from "./Heading.module.css";
import { Icon, type IconName } from "./icons";

interface HeadingProps {
  icon: IconName;
  kind: string;
  title: string;
  children?: ReactNode;
}

export function Heading({ icon, kind, title, children }: HeadingProps) {
  return (
    <header className={styles["heading"]}>
      <Icon name={icon} />
      <span className="visually-hidden">{kind}</span>
      <h1 className="truncate" title={title}>
        {title}
      </h1>
      {children}
    </header>
  );
}
