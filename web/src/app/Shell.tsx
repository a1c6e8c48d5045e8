/** What stands around every page of a signed-in viewer: the bar with mark, place and account. */

import { Link, Outlet } from "@tanstack/react-router";
import { Mark } from "@/components/icons";
import { AccountMenu } from "./AccountMenu";
import { ProjectMenu } from "./ProjectMenu";
import styles from "./Shell.module.css";
import { Trail } from "./Trail";

export function Shell() {
  return (
    <div className={styles["shell"]}>
      <a className={styles["skip"]} href="#content" onClick={focusContent}>
        Skip to content
      </a>
      <header className={styles["bar"]}>
        <Link to="/" className={styles["mark"]} aria-label="Spanwise, start page">
          <Mark />
        </Link>
        <ProjectMenu />
        <Trail />
        <AccountMenu />
      </header>
      <main id="content" className={styles["content"]} tabIndex={-1}>
        <Outlet />
      </main>
    </div>
  );
}

/** A plain fragment link would be resolved against `<base href>` and leave the page. */
function focusContent(event: React.MouseEvent): void {
  event.preventDefault();
  document.getElementById("content")?.focus();
}
