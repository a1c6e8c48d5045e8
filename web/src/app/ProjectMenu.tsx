/** Says which project is open and opens another one. */

import { useQuery } from "@tanstack/react-query";
import { useNavigate, useParams } from "@tanstack/react-router";
import { useEffect } from "react";
import { meQuery } from "@/api/queries";
import { Icon } from "@/components/icons";
import { Menu, MenuChoice, MenuLabel } from "@/components/Menu";
import { writePreference } from "./preferences";
import styles from "./Shell.module.css";

export function ProjectMenu() {
  const { projectId } = useParams({ strict: false });
  const { data: me } = useQuery(meQuery);
  const navigate = useNavigate();
  useEffect(() => {
    if (projectId !== undefined) writePreference("project", projectId);
  }, [projectId]);
  if (!me || projectId === undefined) return null;
  const current = me.projects.find((project) => project.id === projectId);
  const open = (id: string) => void navigate({ to: "/project/$projectId/traces", params: { projectId: id } });
  const options = me.projects.map((project) => ({ value: project.id, label: project.name }));
  return (
    <Menu
      align="start"
      trigger={
        <button type="button" className={styles["switch"]} aria-label={`Project ${current?.name ?? projectId}, change`}>
          <span className="truncate">{current?.name ?? projectId}</span>
          <Icon name="expand" size={12} />
        </button>
      }
    >
      <MenuLabel>{current ? `Projects of ${current.organization.name}` : "Projects"}</MenuLabel>
      <MenuChoice value={projectId} options={options} onChange={open} />
    </Menu>
  );
}
