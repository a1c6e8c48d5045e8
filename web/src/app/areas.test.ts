import { expect, it } from "vitest";
import { areaOf } from "./areas";

it("knows the area of every kind of page", () => {
  const paths = {
    "/project/p/traces/t": "traces",
    "/project/p/sessions/s": "traces",
    "/project/p/users/datasets": "traces",
    "/project/p/datasets": "datasets",
    "/project/p/datasets/d/runs/r": "datasets",
    "/project/p/experiments/results": "datasets",
    "/project/datasets/prompts/a/b": "prompts",
    "/project/p": "traces",
  };
  expect(Object.fromEntries(Object.keys(paths).map((path) => [path, areaOf(path)]))).toEqual(paths);
});
