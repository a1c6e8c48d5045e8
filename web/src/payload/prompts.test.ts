import { describe, expect, it } from "vitest";
import { inputsOf, readMessages, readTemplate } from "./prompts";

describe("the parts of a template", () => {
  it("tells variables from the text around them and loses no character", () => {
    const text = "Hello {{who}}, {{ day }}!\n{not one} {{}} {{a{b}}}";
    const parts = readTemplate(text);
    expect(parts.filter((part) => part.kind === "variable").map((part) => part.name)).toEqual(["who", "day"]);
    expect(parts.map((part) => part.text).join("")).toBe(text);
  });

  it("is one text when there is nothing to replace, even for an empty one", () => {
    expect(readTemplate("plain")).toEqual([{ kind: "text", text: "plain" }]);
    expect(readTemplate("")).toEqual([{ kind: "text", text: "" }]);
  });

  it("reads references by version and by label, with slashes in names, and leaves broken ones as they are", () => {
    const by = (tag: string) => `@@@langfusePrompt:${tag}@@@`;
    const text = `${by("name=a/b|label=production")}${by("name=c|version=2")} ${by("name=c")}`;
    const parts = readTemplate(text);
    expect(parts.map((part) => part.text).join("")).toBe(text);
    expect(parts.slice(0, 2)).toMatchObject([
      { kind: "reference", name: "a/b", label: "production", version: null },
      { kind: "reference", name: "c", label: null, version: "2" },
    ]);
    expect(parts.slice(2)).toEqual([{ kind: "text", text: ` ${by("name=c")}` }]);
  });

  it("takes a long text of braces in one go", () => {
    for (const text of ["{{ ".repeat(50_000), `{{${" ".repeat(100_000)}`, "@@@langfusePrompt:".repeat(20_000)]) {
      expect(readTemplate(text)).toEqual([{ kind: "text", text }]);
    }
  });
});

describe("the messages of a chat prompt", () => {
  it("keeps order, roles, placeholders and what it does not know", () => {
    const content = [
      { role: "system", content: "Be brief." },
      { type: "placeholder", name: "history" },
      { type: "chatmessage", role: "user", content: [{ type: "text", text: "hi" }] },
      "stray",
    ];
    expect(readMessages(content)).toEqual([
      { kind: "message", role: "system", content: "Be brief." },
      { kind: "placeholder", name: "history" },
      { kind: "message", role: "user", content: [{ type: "text", text: "hi" }] },
      { kind: "other", value: "stray" },
    ]);
    expect(readMessages("a text prompt")).toBeNull();
  });

  it("says what a caller has to give, each once", () => {
    const content = [
      { role: "system", content: "{{how}} and {{ what }}" },
      { type: "placeholder", name: "history" },
      { role: "user", content: "{{how}}" },
    ];
    expect(inputsOf(content)).toEqual({ variables: ["how", "what"], placeholders: ["history"] });
    expect(inputsOf("{{x}}")).toEqual({ variables: ["x"], placeholders: [] });
    expect(inputsOf(null)).toEqual({ variables: [], placeholders: [] });
  });
});
