/**
 * Recognises conversations in payloads. Each source writes messages its own way; all of them become `ChatMessage`s here.
 * Owns the shapes of OpenAI (chat and responses), Anthropic, Gemini, the OpenTelemetry GenAI conventions, LangChain and
 * the Vercel AI SDK. It draws nothing, and it never guesses: what is not clearly a conversation gives null and is
 * shown as JSON.
 */

import { asText, isRecord, type Json, type JsonObject } from "./json";
import { readParts } from "./parts";

export type Role = "system" | "user" | "assistant" | "tool";

export type Part =
  | { kind: "text"; text: string }
  | { kind: "thinking"; text: string }
  | { kind: "call"; id: string | null; name: string; arguments: Json }
  | { kind: "result"; id: string | null; name: string | null; content: Json; isError: boolean }
  | { kind: "media"; label: string }
  | { kind: "other"; value: Json };

export interface ChatMessage {
  role: Role;
  name: string | null;
  parts: Part[];
}

export interface Conversation {
  messages: ChatMessage[];
  /** Definitions of the tools that were offered, as they were sent. */
  tools: Json[];
  /** What stood beside the messages: temperature, stop reason and the like. */
  rest: JsonObject | null;
}

const ROLES: Record<string, Role> = {
  system: "system",
  developer: "system",
  user: "user",
  human: "user",
  assistant: "assistant",
  ai: "assistant",
  model: "assistant",
  tool: "tool",
  function: "tool",
  HumanMessage: "user",
  AIMessage: "assistant",
  AIMessageChunk: "assistant",
  SystemMessage: "system",
  ToolMessage: "tool",
};

/** LangChain's serialised constructor: the class is the last part of `id`, the fields are in `kwargs`. */
function unwrapConstructor(value: JsonObject): JsonObject {
  const { id, kwargs } = value;
  if (value["lc"] === undefined || !Array.isArray(id) || !isRecord(kwargs)) return value;
  return { type: id.at(-1) ?? "", ...kwargs };
}

function roleOf(value: JsonObject): Role | null {
  const named = value["role"] ?? value["type"];
  return typeof named === "string" ? (ROLES[named] ?? null) : null;
}

/** Items of the OpenAI responses API that stand beside messages in the same list. */
function readResponseItem(value: JsonObject): ChatMessage | null {
  switch (value["type"]) {
    case "function_call":
    case "function_call_output":
    case "reasoning":
    case "custom_tool_call":
    case "custom_tool_call_output": {
      const parts = readParts([value]);
      const isResult = parts.some((part) => part.kind === "result");
      return { role: isResult ? "tool" : "assistant", name: null, parts };
    }
    default:
      return null;
  }
}

function readMessage(raw: Json): ChatMessage | null {
  if (!isRecord(raw)) return null;
  const item = readResponseItem(raw);
  if (item) return item;
  const value = unwrapConstructor(raw);
  const role = roleOf(value);
  const hasBody = ["content", "parts", "tool_calls", "function_call", "reasoning_content", "refusal"].some(
    (key) => value[key] !== undefined,
  );
  if (role === null || !hasBody) return null;
  const content = readParts(value["parts"] ?? value["content"] ?? null);
  const parts = role === "tool" ? asResult(value, content) : content;
  const name = typeof value["name"] === "string" ? value["name"] : null;
  return { role, name, parts: [...thinkingOf(value), ...parts, ...callsOf(value)] };
}

/** A tool's message is one result; the text parts inside are its content. */
function asResult(value: JsonObject, content: Part[]): Part[] {
  if (content.some((part) => part.kind === "result")) return content;
  const onlyText = content.every((part) => part.kind === "text");
  const body = onlyText ? content.map((part) => (part.kind === "text" ? part.text : "")).join("\n") : value["content"];
  const id = asText(value["tool_call_id"]) ?? asText(value["toolCallId"]);
  const isError = value["status"] === "error" || value["is_error"] === true;
  return [{ kind: "result", id, name: asText(value["name"]), content: body ?? null, isError }];
}

function thinkingOf(value: JsonObject): Part[] {
  const text = asText(value["reasoning_content"]) ?? asText(value["reasoning"]);
  return text ? [{ kind: "thinking", text }] : [];
}

function callsOf(value: JsonObject): Part[] {
  const calls = Array.isArray(value["tool_calls"]) ? readParts(value["tool_calls"].map(asCall)) : [];
  const old = value["function_call"];
  if (isRecord(old)) calls.push(...readParts([{ type: "function", function: old }]));
  if (asText(value["refusal"])) calls.push({ kind: "text", text: asText(value["refusal"]) ?? "" });
  return calls;
}

/** LangChain's calls `{name, args, id}` carry no type, OpenAI's do. */
function asCall(call: Json): Json {
  if (!isRecord(call) || isRecord(call["function"])) return isRecord(call) ? { ...call, type: "function" } : call;
  return { ...call, type: "tool_call" };
}

function readList(value: Json): ChatMessage[] | null {
  if (!Array.isArray(value) || value.length === 0) return null;
  // A batch of one, as LangChain sends it.
  if (value.length === 1 && Array.isArray(value[0])) return readList(value[0]);
  const messages: ChatMessage[] = [];
  for (const item of value) {
    const message = readMessage(item);
    if (message === null) return null;
    messages.push(message);
  }
  return messages;
}

function without(value: JsonObject, keys: string[]): JsonObject | null {
  const rest = Object.fromEntries(Object.entries(value).filter(([key]) => !keys.includes(key)));
  return Object.keys(rest).length > 0 ? rest : null;
}

function systemOf(value: Json | undefined): ChatMessage[] {
  if (value === undefined || value === null || value === "") return [];
  const parts = isRecord(value) && value["parts"] !== undefined ? readParts(value["parts"]) : readParts(value);
  return parts.length > 0 ? [{ role: "system", name: null, parts }] : [];
}

const SYSTEM_KEYS = ["system", "instructions", "system_instruction", "systemInstruction"];
const LIST_KEYS = ["messages", "contents", "input", "output", "prompt"];

/** A request or an answer that holds its messages under a key, with the system prompt and the tools beside. */
function readEnvelope(value: JsonObject): Conversation | null {
  for (const key of LIST_KEYS) {
    const messages = readList(value[key] ?? null);
    if (messages === null) continue;
    const system = SYSTEM_KEYS.flatMap((name) => systemOf(value[name]));
    const tools = Array.isArray(value["tools"]) ? value["tools"] : [];
    const rest = without(value, [key, "tools", ...SYSTEM_KEYS]);
    return { messages: [...system, ...messages], tools, rest };
  }
  return null;
}

/** Answers with alternatives: OpenAI's `choices`, Gemini's `candidates`, LangChain's `generations`. */
function readAlternatives(value: JsonObject): Conversation | null {
  for (const key of ["choices", "candidates", "generations"]) {
    const list = value[key];
    if (!Array.isArray(list) || list.length === 0) continue;
    const flat = list.length === 1 && Array.isArray(list[0]) ? list[0] : list;
    const messages = flat.map((item) =>
      isRecord(item) ? readMessage(item["message"] ?? withRole(item["content"]) ?? null) : null,
    );
    if (messages.some((message) => message === null)) continue;
    return { messages: messages.filter((message) => message !== null), tools: [], rest: without(value, [key]) };
  }
  return null;
}

function withRole(content: Json | undefined): Json | undefined {
  return isRecord(content) && content["role"] === undefined ? { role: "model", ...content } : content;
}

/** Read a payload as a conversation, or return null when it is not one. */
export function readConversation(value: Json): Conversation | null {
  const list = readList(value);
  if (list) return { messages: list, tools: [], rest: null };
  if (!isRecord(value)) return null;
  const envelope = readEnvelope(value) ?? readAlternatives(value);
  if (envelope) return envelope;
  const single = readMessage(value);
  if (single === null) return null;
  const known = ["role", "content", "parts", "tool_calls", "function_call", "name", "reasoning_content", "refusal"];
  return { messages: [single], tools: [], rest: value["lc"] === undefined ? without(value, known) : null };
}
