/** Reads the parts inside one message: texts, thoughts, tool calls, tool results, media. Used by `chat.ts` alone. */

import type { Part } from "./chat";
import { asText, isRecord, type Json, type JsonObject, parseLoosely } from "./json";

function first(value: JsonObject, ...keys: string[]): Json | undefined {
  return keys.map((key) => value[key]).find((found) => found !== undefined);
}

function call(value: JsonObject, name: Json | undefined, args: Json | undefined): Part {
  const id = asText(first(value, "id", "call_id", "toolCallId", "tool_call_id"));
  return { kind: "call", id, name: asText(name) ?? "unnamed tool", arguments: parseLoosely(args ?? null) };
}

function result(value: JsonObject, content: Json | undefined): Part {
  const id = asText(first(value, "tool_use_id", "call_id", "toolCallId", "tool_call_id", "id"));
  const name = asText(first(value, "name", "toolName", "tool_name"));
  const isError = value["is_error"] === true || value["isError"] === true;
  return { kind: "result", id, name, content: flattenTexts(content ?? null), isError };
}

/** A result given as a list of text blocks is that text. */
function flattenTexts(content: Json): Json {
  if (!Array.isArray(content) || content.length === 0) return content;
  const texts = content.map((item) => (isRecord(item) ? asText(item["text"]) : null));
  return texts.some((text) => text === null) ? content : texts.join("\n");
}

function media(type: string, value: JsonObject): Part {
  const source = first(value, "source", "inline_data", "inlineData", "file", "file_data", "input_audio");
  const inner = isRecord(source) ? source : value;
  const mime = asText(first(inner, "media_type", "mime_type", "mimeType", "format", "modality"));
  const name = asText(first(inner, "filename", "file_name", "name"));
  const what = type.replaceAll(/^input_|_url$|_data$/g, "").replaceAll("_", " ");
  return { kind: "media", label: [what, name, mime].filter(Boolean).join(" · ") };
}

function reasoningText(value: JsonObject): string {
  const summary = first(value, "thinking", "text", "content", "reasoning", "summary");
  if (typeof summary === "string") return summary;
  const texts = flattenTexts(summary ?? null);
  return typeof texts === "string" ? texts : "(hidden by the provider)";
}

const MEDIA = /^(input_)?(image|audio|video|document|file|media|blob|uri)(_url|_data)?$/;

/** The type is in a `type` field in every dialect but Gemini's, where the key that is there says it. */
function readTyped(type: string, value: JsonObject): Part | null {
  switch (type) {
    case "text":
    case "input_text":
    case "output_text": {
      const body = asText(first(value, "text", "content"));
      return body === null ? null : { kind: "text", text: body };
    }
    case "refusal":
      return { kind: "text", text: asText(value["refusal"]) ?? "" };
    case "thinking":
    case "reasoning":
    case "redacted_thinking":
    case "redacted-reasoning":
      return { kind: "thinking", text: reasoningText(value) };
    case "tool_use":
    case "server_tool_use":
    case "tool_call":
    case "tool-call":
    case "function_call":
    case "custom_tool_call":
      return call(value, first(value, "name", "toolName"), first(value, "arguments", "args", "input"));
    case "function": {
      const inner = value["function"];
      return isRecord(inner) ? call(value, inner["name"], inner["arguments"]) : null;
    }
    case "tool_result":
    case "tool-result":
    case "tool_call_response":
    case "function_call_output":
    case "custom_tool_call_output":
    case "web_search_tool_result":
      return result(value, first(value, "content", "output", "result", "response"));
    default:
      return MEDIA.test(type) ? media(type, value) : null;
  }
}

function readGemini(value: JsonObject): Part | null {
  const functionCall = first(value, "functionCall", "function_call");
  if (isRecord(functionCall)) return call(functionCall, functionCall["name"], functionCall["args"]);
  const response = first(value, "functionResponse", "function_response");
  if (isRecord(response)) return result(response, response["response"]);
  if (isRecord(first(value, "inlineData", "inline_data"))) return media("media", value);
  const body = asText(value["text"]);
  if (body === null) return null;
  return value["thought"] === true ? { kind: "thinking", text: body } : { kind: "text", text: body };
}

function readPart(value: Json): Part | null {
  if (typeof value === "string") return value === "" ? null : { kind: "text", text: value };
  if (!isRecord(value)) return { kind: "other", value };
  const type = value["type"];
  const part = typeof type === "string" ? readTyped(type, value) : readGemini(value);
  return part ?? { kind: "other", value };
}

/** Read the content of a message: a text, one part, or a list of parts. Null gives none. */
export function readParts(content: Json): Part[] {
  if (content === null) return [];
  const list = Array.isArray(content) ? content : [content];
  return list.map(readPart).filter((part) => part !== null);
}
