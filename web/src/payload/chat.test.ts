import { describe, expect, it } from "vitest";
import { readConversation } from "./chat";
import type { Json } from "./json";

const CALL = { kind: "call", id: "c1", name: "lookup", arguments: { order: 7 } };

function messages(value: Json) {
  return readConversation(value)?.messages ?? null;
}

describe("readConversation", () => {
  it("reads OpenAI chat messages with tool calls and results", () => {
    const read = messages([
      { role: "system", content: "Be brief." },
      {
        role: "user",
        name: "ada",
        content: [
          { type: "text", text: "Where?" },
          { type: "image_url", image_url: { url: "…" } },
        ],
      },
      {
        role: "assistant",
        content: null,
        tool_calls: [{ id: "c1", type: "function", function: { name: "lookup", arguments: '{"order": 7}' } }],
      },
      { role: "tool", tool_call_id: "c1", content: "in transit" },
    ]);
    expect(read).toEqual([
      { role: "system", name: null, parts: [{ kind: "text", text: "Be brief." }] },
      {
        role: "user",
        name: "ada",
        parts: [
          { kind: "text", text: "Where?" },
          { kind: "media", label: "image" },
        ],
      },
      { role: "assistant", name: null, parts: [CALL] },
      {
        role: "tool",
        name: null,
        parts: [{ kind: "result", id: "c1", name: null, content: "in transit", isError: false }],
      },
    ]);
  });

  it("reads an OpenAI answer and keeps what stands beside", () => {
    const read = readConversation({
      choices: [{ message: { role: "assistant", content: "Hello", reasoning_content: "Greet back." } }],
      usage: { total_tokens: 3 },
    });
    expect(read?.messages[0]?.parts).toEqual([
      { kind: "thinking", text: "Greet back." },
      { kind: "text", text: "Hello" },
    ]);
    expect(read?.rest).toEqual({ usage: { total_tokens: 3 } });
  });

  it("reads the OpenAI responses API", () => {
    const read = readConversation({
      instructions: "Be brief.",
      input: [
        { type: "message", role: "user", content: [{ type: "input_text", text: "Where?" }] },
        { type: "reasoning", summary: [{ type: "summary_text", text: "Look it up." }] },
        { type: "function_call", call_id: "c1", name: "lookup", arguments: '{"order": 7}' },
        { type: "function_call_output", call_id: "c1", output: "in transit" },
      ],
    });
    expect(read?.messages.map(({ role, parts }) => [role, parts[0]?.kind])).toEqual([
      ["system", "text"],
      ["user", "text"],
      ["assistant", "thinking"],
      ["assistant", "call"],
      ["tool", "result"],
    ]);
    expect(read?.messages[3]?.parts[0]).toEqual(CALL);
  });

  it("reads an Anthropic request with thinking, tool use and a failed result", () => {
    const read = readConversation({
      system: [{ type: "text", text: "Be brief." }],
      max_tokens: 10,
      tools: [{ name: "lookup" }],
      messages: [
        { role: "user", content: "Where?" },
        {
          role: "assistant",
          content: [
            { type: "thinking", thinking: "Look it up." },
            { type: "tool_use", id: "c1", name: "lookup", input: { order: 7 } },
          ],
        },
        {
          role: "user",
          content: [
            { type: "tool_result", tool_use_id: "c1", is_error: true, content: [{ type: "text", text: "down" }] },
          ],
        },
      ],
    });
    expect(read?.messages[0]?.role).toBe("system");
    expect(read?.messages[2]?.parts).toEqual([{ kind: "thinking", text: "Look it up." }, CALL]);
    expect(read?.messages[3]?.parts).toEqual([
      { kind: "result", id: "c1", name: null, content: "down", isError: true },
    ]);
    expect(read?.tools).toHaveLength(1);
    expect(read?.rest).toEqual({ max_tokens: 10 });
  });

  it("reads parts of the OpenTelemetry GenAI conventions", () => {
    const read = messages([
      { role: "user", parts: [{ type: "text", content: "Where?" }] },
      {
        role: "assistant",
        finish_reason: "tool_call",
        parts: [
          { type: "reasoning", content: "Look it up." },
          { type: "tool_call", id: "c1", name: "lookup", arguments: { order: 7 } },
        ],
      },
      { role: "tool", parts: [{ type: "tool_call_response", id: "c1", response: { state: "in transit" } }] },
    ]);
    expect(read?.[1]?.parts).toEqual([{ kind: "thinking", text: "Look it up." }, CALL]);
    expect(read?.[2]?.parts).toEqual([
      { kind: "result", id: "c1", name: null, content: { state: "in transit" }, isError: false },
    ]);
  });

  it("reads Gemini contents and candidates", () => {
    const request = readConversation({
      systemInstruction: { parts: [{ text: "Be brief." }] },
      contents: [
        { role: "user", parts: [{ text: "Where?" }] },
        { role: "model", parts: [{ functionCall: { id: "c1", name: "lookup", args: { order: 7 } } }] },
      ],
    });
    expect(request?.messages.map(({ role }) => role)).toEqual(["system", "user", "assistant"]);
    expect(request?.messages[2]?.parts).toEqual([CALL]);
    const answer = messages({ candidates: [{ content: { parts: [{ text: "In transit." }] } }] });
    expect(answer?.[0]).toEqual({ role: "assistant", name: null, parts: [{ kind: "text", text: "In transit." }] });
  });

  it("reads LangChain messages, plain and serialised, in a batch of one", () => {
    const read = messages([
      [
        { type: "human", content: "Where?" },
        {
          lc: 1,
          type: "constructor",
          id: ["langchain", "schema", "messages", "AIMessage"],
          kwargs: { content: "", tool_calls: [{ id: "c1", name: "lookup", args: { order: 7 } }] },
        },
      ],
    ]);
    expect(read?.map(({ role }) => role)).toEqual(["user", "assistant"]);
    expect(read?.[1]?.parts).toEqual([CALL]);
  });

  it("reads the parts of the Vercel AI SDK", () => {
    const read = messages([
      {
        role: "assistant",
        content: [{ type: "tool-call", toolCallId: "c1", toolName: "lookup", input: { order: 7 } }],
      },
      { role: "tool", content: [{ type: "tool-result", toolCallId: "c1", toolName: "lookup", output: "in transit" }] },
    ]);
    expect(read?.[0]?.parts).toEqual([CALL]);
    expect(read?.[1]?.parts).toEqual([
      { kind: "result", id: "c1", name: "lookup", content: "in transit", isError: false },
    ]);
  });

  it("keeps parts that it does not know", () => {
    const part = { type: "hologram", url: "…" };
    expect(messages([{ role: "user", content: [part] }])?.[0]?.parts).toEqual([{ kind: "other", value: part }]);
  });

  it.each<[string, Json]>([
    ["null", null],
    ["a number", 7],
    ["an empty list", []],
    ["a list of texts", ["a", "b"]],
    ["records with another kind of role", [{ role: "admin", content: "x" }]],
    ["a role without anything said", { role: "user" }],
    ["a list of which only one is a message", [{ role: "user", content: "x" }, { id: 1 }]],
    ["a form with an input field", { input: "x", output: "y" }],
    ["a document with a type", { type: "document", content: "x" }],
  ])("does not take %s for a conversation", (_name, value) => {
    expect(readConversation(value)).toBeNull();
  });
});
