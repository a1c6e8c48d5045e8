// The trip planner on plain OpenTelemetry for Node with the JSON encoding of OTLP: span names, GenAI attributes, an error.
import { readFileSync, writeFileSync } from "node:fs";
import { SpanStatusCode, trace } from "@opentelemetry/api";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { detectResources, envDetector } from "@opentelemetry/resources";
import { BatchSpanProcessor, NodeTracerProvider } from "@opentelemetry/sdk-trace-node";

const scenario = JSON.parse(readFileSync(new URL("./scenario.json", import.meta.url), "utf-8"));
const { trace: told, observations, scores } = scenario;
const sessionId = process.env.MATRIX_SESSION_ID;
const payload = scenario.payload_unit.repeat(Number(process.env.MATRIX_PAYLOAD_REPEAT));
const report = { ids: {}, reads: {}, before: new Date().toISOString() };

const provider = new NodeTracerProvider({
  resource: detectResources({ detectors: [envDetector] }),
  spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter())],
});
provider.register();
const tracer = trace.getTracer("travel.agent", "2.0.0");

const asText = (value) => (typeof value === "string" ? value : JSON.stringify(value));
const OPERATIONS = { AGENT: "invoke_agent", TOOL: "execute_tool", GENERATION: "chat" };

function genAi(name) {
  const { type, model, input, output, metadata = {} } = observations[name];
  const attributes = { "user.id": told.user_id, "session.id": sessionId };
  if (OPERATIONS[type]) attributes["gen_ai.operation.name"] = OPERATIONS[type];
  if (type === "TOOL") {
    attributes["gen_ai.tool.name"] = name;
    attributes["gen_ai.tool.call.arguments"] = asText(input);
    if (output !== undefined) attributes["gen_ai.tool.call.result"] = asText(output);
  } else if (input !== undefined) {
    attributes["input.value"] = asText(input);
    if (output !== undefined) attributes["output.value"] = asText(output);
  }
  if (model) attributes["gen_ai.request.model"] = model;
  for (const [key, value] of Object.entries(metadata)) {
    attributes[`langfuse.observation.metadata.${key}`] = typeof value === "object" ? JSON.stringify(value) : value;
  }
  return attributes;
}

function within(name, fill) {
  return tracer.startActiveSpan(name, { attributes: genAi(name) }, (span) => {
    report.ids[name] = span.spanContext().spanId;
    try {
      fill?.(span);
    } catch (error) {
      span.recordException(error);
      span.setStatus({ code: SpanStatusCode.ERROR, message: `NoRoomsLeftError: ${error.message}` });
    } finally {
      span.end();
    }
    return span.spanContext().traceId;
  });
}

function rankFlights(span) {
  const used = observations["rank-flights"].usage_openai;
  for (const [key, value] of Object.entries(used)) span.setAttribute(`gen_ai.usage.${key}`, value);
}

function writeAnswer(span) {
  const { usage, cost, model_parameters: parameters } = observations["write-answer"];
  for (const [key, value] of Object.entries(parameters)) span.setAttribute(`gen_ai.request.${key}`, value);
  report.completion_start_time = new Date().toISOString();
  span.setAttributes({
    "langfuse.observation.completion_start_time": report.completion_start_time,
    "gen_ai.usage.input_tokens": usage.input + usage.input_cached_tokens,
    "gen_ai.usage.cache_read.input_tokens": usage.input_cached_tokens,
    "gen_ai.usage.output_tokens": usage.output,
    "gen_ai.usage.total_tokens": usage.total,
    "gen_ai.usage.cost": cost.total,
  });
}

function planTrip(span) {
  span.setAttributes({ "langfuse.trace.name": told.name, "langfuse.trace.tags": told.tags, "langfuse.trace.public": true });
  for (const [key, value] of Object.entries(told.metadata)) span.setAttribute(`langfuse.trace.metadata.${key}`, value);
  within("search-flights", (tool) => {
    within("rank-flights", rankFlights);
    tool.addEvent("cache-miss", { input: asText(observations["cache-miss"].input), tier: "edge" });
  });
  within("book-hotel", () => {
    throw new Error(observations["book-hotel"].error);
  });
  const { level, status_message: statusMessage } = observations["check-visa"];
  within("check-visa", (check) => {
    check.setAttributes({ "langfuse.observation.level": level, "langfuse.observation.status_message": statusMessage });
  });
  within("write-answer", writeAnswer);
  within("summarise", (summary) => summary.setAttributes({ "input.value": payload, "output.value": payload }));
}

async function postScore(body) {
  const keys = Buffer.from(`${process.env.LANGFUSE_PUBLIC_KEY}:${process.env.LANGFUSE_SECRET_KEY}`).toString("base64");
  const answer = await fetch(`${process.env.LANGFUSE_HOST}/api/public/scores`, {
    method: "POST",
    headers: { "Content-Type": "application/json", Authorization: `Basic ${keys}` },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`score refused: ${answer.status} ${await answer.text()}`);
}

report.trace_id = within("plan-trip", planTrip);
await provider.forceFlush();
for (const [name, { value, data_type: dataType, comment, metadata, observation, session }] of Object.entries(scores)) {
  const subject = session ? { sessionId } : { traceId: report.trace_id, observationId: observation && report.ids[observation] };
  await postScore({ name, value, dataType, comment, metadata, environment: "staging", ...subject });
}
report.after = new Date().toISOString();
writeFileSync(process.argv[2], JSON.stringify(report));
