// Text, streamed text, an object and an embedding with the AI SDK, a tool and a failure among them. GOLDEN_INSTRUMENTATION
// chooses, from version 7 on, between the GenAI conventions ("otel") and the SDK's older attributes ("legacy").
// Run by tools/capture_golden.py in a folder with its packages.
import { trace } from "@opentelemetry/api";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-proto";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { BatchSpanProcessor, NodeTracerProvider } from "@opentelemetry/sdk-trace-node";
import * as ai from "ai";
import { z } from "zod";

const provider = new NodeTracerProvider({
  resource: resourceFromAttributes({ "service.name": "weather", "deployment.environment.name": "staging" }),
  spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter())],
});
provider.register();
const instrumentation = process.env.GOLDEN_INSTRUMENTATION;
if (instrumentation) {
  const { LegacyOpenTelemetry, OpenTelemetry } = await import("@ai-sdk/otel");
  ai.registerTelemetry(instrumentation === "legacy" ? new LegacyOpenTelemetry() : new OpenTelemetry());
}
const telemetry = {
  isEnabled: true,
  functionId: "weather-report",
  metadata: { userId: "user-ü", sessionId: "session-1", tags: ["weather", "beta"], tenant: "a" },
};
const isAnthropic = process.env.GOLDEN_PROTOCOL === "anthropic";
const model = isAnthropic ? await anthropic() : await openai();
const common = { model: model("gpt-5.2"), maxRetries: 0, experimental_telemetry: telemetry, telemetry };
const asked = { ...common, [instrumentation ? "instructions" : "system"]: "Be brief.", prompt: "Weather in Zürich? 🌦" };
const steps = ai.stepCountIs ?? ai.isStepCount; // 4 has neither, and other names for what is asked
const getWeather = ai.tool({
  description: "Current weather of a city.",
  [steps ? "inputSchema" : "parameters"]: z.object({ city: z.string() }),
  execute: async ({ city }) => `${city}: 7 °C`,
});
await trace.getTracer("weather-agent", "0.1").startActiveSpan("run", async (span) => {
  const bounds = steps ? { stopWhen: steps(3), maxOutputTokens: 64 } : { maxSteps: 3, maxTokens: 64 };
  await ai.generateText({ ...asked, ...bounds, tools: { get_weather: getWeather }, temperature: 0.2 });
  const stream = ai.streamText(asked);
  await stream.consumeStream();
  if (!isAnthropic) await ai.embed({ ...common, model: model.embedding("text-embedding-3-small"), value: "Zürich" });
  try {
    await ai.generateText({ ...asked, model: model("refused") });
  } catch {
    span.addEvent("gave up", { attempt: 1 });
  }
  span.end();
});
await provider.shutdown();

async function openai() {
  const openai = (await import("@ai-sdk/openai")).createOpenAI({ baseURL: process.env.OPENAI_BASE_URL });
  return Object.assign((name) => openai.chat(name), { embedding: (name) => openai.embedding(name) });
}

async function anthropic() {
  const anthropic = (await import("@ai-sdk/anthropic")).createAnthropic({ baseURL: `${process.env.ANTHROPIC_BASE_URL}/v1` });
  return (name) => anthropic(name === "refused" ? name : "claude-opus-4-5");
}
