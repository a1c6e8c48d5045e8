import { expect, it } from "vitest";
import { safeNext } from "./LoginPage";

it.each([
  [undefined, "/"],
  ["/project/p/traces?q=x", "/project/p/traces?q=x"],
  ["//evil.example", "/"],
  ["/\\evil.example", "/"],
  ["https://evil.example", "/"],
  ["javascript:alert(1)", "/"],
])("after the login %s leads to %s", (next, path) => {
  expect(safeNext(next)).toBe(path);
});
