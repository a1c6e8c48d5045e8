/** The areas of a project, in the order of the navigation. A later area is one row here. */

export const AREAS = [
  { id: "traces", label: "Traces", to: "/project/$projectId/traces" },
  { id: "datasets", label: "Datasets", to: "/project/$projectId/datasets" },
  { id: "prompts", label: "Prompts", to: "/project/$projectId/prompts" },
] as const;

export type AreaId = (typeof AREAS)[number]["id"];

/** The area that a path belongs to: sessions and users are lists of traces, experiments are runs. */
export function areaOf(path: string): AreaId {
  const part = /^\/project\/[^/]+\/([^/]+)/.exec(path)?.[1];
  if (part === "datasets" || part === "experiments") return "datasets";
  return part === "prompts" ? "prompts" : "traces";
}
