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
      <button type="button" className={styles["skip"]} onClick={() => document.getElementById("content")?.focus()}>
        Skip to content
      </button>
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
