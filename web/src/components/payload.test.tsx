// @vitest-environment happy-dom
import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, describe, expect, it } from "vitest";
import { countLines, JsonTree } from "./JsonTree";
import { PayloadView } from "./PayloadView";
import { RawText, splitBlocks } from "./RawText";

afterEach(cleanup);

const HOSTILE = `<img src=x onerror="alert(1)"><script>alert(2)</script> [x](javascript:alert(3)) ![y](https://evil.example/i.png)`;

describe("hostile payloads", () => {
  it.each([
    ["text", HOSTILE],
    ["a chat message", JSON.stringify([{ role: "user", content: HOSTILE }])],
    [
      "a tool call",
      JSON.stringify([
        { role: "assistant", tool_calls: [{ id: HOSTILE, function: { name: HOSTILE, arguments: HOSTILE } }] },
      ]),
    ],
    ["a tool result", JSON.stringify([{ role: "tool", name: HOSTILE, content: HOSTILE }])],
    ["keys and values", JSON.stringify({ [HOSTILE]: HOSTILE, list: [HOSTILE] })],
  ])("stay text as %s", (_name, payload) => {
    const { container } = render(<PayloadView text={payload} />);
    expect(container.querySelector("img, script, iframe, [onerror]")).toBeNull();
    for (const link of container.querySelectorAll("a")) expect(link.getAttribute("href")).toMatch(/^https:/);
    expect(container.textContent).toContain("<script>alert(2)</script>");
  });
});

describe("PayloadView", () => {
  it("shows a conversation with its roles, calls and results", () => {
    const payload = JSON.stringify([
      { role: "user", content: "Where is **it**?" },
      {
        role: "assistant",
        content: null,
        tool_calls: [{ id: "c1", function: { name: "lookup", arguments: '{"order":7}' } }],
      },
      { role: "tool", tool_call_id: "c1", content: '{"state":"in transit"}' },
    ]);
    render(<PayloadView text={payload} />);
    expect(screen.getByText("it").tagName).toBe("STRONG");
    expect(screen.getByRole("group", { name: "Arguments of lookup" }).textContent).toBe("order7");
    expect(screen.getByRole("group", { name: "Result" }).textContent).toBe("statein transit");
  });

  it("folds the middle of a long conversation and opens it on demand", () => {
    const chat = Array.from({ length: 60 }, (_, index) => ({ role: "user", content: `number ${index}` }));
    render(<PayloadView text={JSON.stringify(chat)} />);
    expect(screen.queryByText("number 20")).toBeNull();
    fireEvent.click(screen.getByRole("button", { name: "44 more messages" }));
    expect(screen.getAllByText(/^number \d+$/)).toHaveLength(60);
  });

  it("cuts a long text and shows all of it on demand", () => {
    const { container } = render(<PayloadView text={"word ".repeat(20_000)} />);
    expect(container.textContent?.length).toBeLessThan(5000);
    fireEvent.click(screen.getByRole("button", { name: "Show all 100 kB" }));
    expect(container.textContent?.length).toBeGreaterThan(100_000);
  });
});

describe("JsonTree", () => {
  it("draws only a portion of a long list", () => {
    render(<JsonTree value={{ rows: Array.from({ length: 5000 }, (_, index) => index) }} label="JSON" />);
    expect(screen.getAllByRole("listitem").length).toBeLessThan(200);
    fireEvent.click(screen.getByRole("button", { name: "4900 more" }));
    expect(screen.getAllByRole("listitem").length).toBeGreaterThan(1000);
  });

  it("opens and closes", () => {
    render(<JsonTree value={{ a: { b: "inside" } }} label="JSON" />);
    fireEvent.click(screen.getByRole("button", { name: /^a/ }));
    expect(screen.queryByText("inside")).toBeNull();
    fireEvent.click(screen.getByRole("button", { name: /^a/ }));
    expect(screen.getByText("inside")).toBeTruthy();
  });

  it("counts no further than it must", () => {
    expect(countLines({ a: [1, 2], b: {} }, 100)).toBe(5);
    expect(
      countLines(
        Array.from({ length: 1e5 }, () => 1),
        60,
      ),
    ).toBe(60);
  });
});

describe("RawText", () => {
  it("shows every character, also of texts without line ends and across surrogate pairs", () => {
    const text = "🧪".repeat(9000);
    expect(splitBlocks(text).join("")).toBe(text);
    expect(splitBlocks(text).every((block) => !/^[\udc00-\udfff]/.test(block))).toBe(true);
    const { container } = render(<RawText text={`a\n${text}\nb`} />);
    expect(container.textContent).toBe(`a\n${text}\nb`);
  });
});
