import { describe, expect, it } from "vitest";
import { readInline, readMarkdown, safeHref } from "./markdown";

describe("readMarkdown", () => {
  it("reads headings, lists, code, quotes, tables and rules", () => {
    const text =
      "# Title\n\nText\n\n- a\n- b\n  - c\n\n1. x\n\n```py\nprint(1)\n```\n> said\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n---";
    expect(readMarkdown(text).map(({ kind }) => kind)).toEqual([
      "heading",
      "paragraph",
      "list",
      "list",
      "code",
      "quote",
      "table",
      "rule",
    ]);
  });

  it("nests lists", () => {
    const [list] = readMarkdown("- a\n  - b\n- c");
    expect(list).toMatchObject({
      kind: "list",
      items: [[{ kind: "paragraph" }, { kind: "list" }], [{ kind: "paragraph" }]],
    });
  });

  it("keeps code as it is, also when its fence never ends", () => {
    expect(readMarkdown("```\n**not bold**\n\n  indented")).toEqual([
      { kind: "code", language: "", text: "**not bold**\n\n  indented" },
    ]);
  });

  it("starts a numbered list where the text does", () => {
    expect(readMarkdown("3. c\n4. d")[0]).toMatchObject({ kind: "list", ordered: true, start: 3 });
  });

  it("survives any nesting", () => {
    expect(() => readMarkdown(`${"> ".repeat(5000)}deep`)).not.toThrow();
    expect(() => readMarkdown(`${"- ".repeat(5000)}deep`)).not.toThrow();
    expect(() => readMarkdown(`${"**".repeat(9000)}${"`".repeat(5000)}[`.repeat(2))).not.toThrow();
  });
});

describe("readInline", () => {
  it("reads emphasis, code, links and bare addresses", () => {
    expect(readInline("a **b** *c* `d` ~~e~~ [f](https://g.example) https://h.example.")).toEqual([
      { kind: "text", text: "a " },
      { kind: "strong", children: [{ kind: "text", text: "b" }] },
      { kind: "text", text: " " },
      { kind: "emphasis", children: [{ kind: "text", text: "c" }] },
      { kind: "text", text: " " },
      { kind: "code", text: "d" },
      { kind: "text", text: " " },
      { kind: "strike", children: [{ kind: "text", text: "e" }] },
      { kind: "text", text: " " },
      { kind: "link", href: "https://g.example", children: [{ kind: "text", text: "f" }] },
      { kind: "text", text: " " },
      { kind: "link", href: "https://h.example", children: [{ kind: "text", text: "https://h.example" }] },
      { kind: "text", text: "." },
    ]);
  });

  it.each(["snake_case_name", "2 * 3 * 4", "a_b", "__init__.py is_it"])(
    "takes %s for text or keeps every letter",
    (text) => {
      const letters = JSON.stringify(readInline(text)).replaceAll(/"(kind|text|strong|emphasis|children)"/g, "");
      for (const word of text.split(/[\s_*]+/).filter(Boolean)) expect(letters).toContain(word);
    },
  );

  it("does not read underscores inside words", () => {
    expect(readInline("snake_case_name")).toEqual([{ kind: "text", text: "snake_case_name" }]);
  });

  it.each(["javascript:alert(1)", "data:text/html,x", "vbscript:x", " javascript:x", "//evil.example", "/path"])(
    "follows no link to %s",
    (href) => {
      expect(safeHref(href)).toBeNull();
      expect(JSON.stringify(readInline(`[x](${href})`))).not.toContain('"link"');
    },
  );

  it("turns an image into a link", () => {
    expect(readInline("![x](https://a.example/i.png)")).toEqual([
      { kind: "link", href: "https://a.example/i.png", children: [{ kind: "text", text: "x" }] },
    ]);
  });
});
