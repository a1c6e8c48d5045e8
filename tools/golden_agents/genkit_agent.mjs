// A Genkit flow with a tool and a failure, against an OpenAI endpoint. Run by tools/capture_golden.py in a folder with its packages.
import { openAI } from "@genkit-ai/compat-oai/openai";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-proto";
import { BatchSpanProcessor } from "@opentelemetry/sdk-trace-base";
import { genkit, z } from "genkit";
import { enableTelemetry, flushTracing } from "genkit/tracing";

await enableTelemetry({ serviceName: "weather", spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter())] });
const ai = genkit({ plugins: [openAI({ maxRetries: 0 })] });
const getWeather = ai.defineTool(
  { name: "get_weather", description: "Current weather of a city.", inputSchema: z.object({ city: z.string() }) },
  async ({ city }) => `${city}: 7 °C`,
);
const report = ai.defineFlow({ name: "weatherReport", inputSchema: z.string() }, async (question) => {
  const asked = { system: "Be brief.", prompt: question, tools: [getWeather], config: { temperature: 0.2 } };
  const { text } = await ai.generate({ ...asked, model: openAI.model("gpt-5.2") });
  await ai.embed({ embedder: openAI.embedder("text-embedding-3-small"), content: "Zürich" });
  return text;
});
await report("Weather in Zürich? 🌦");
try {
  await ai.generate({ model: openAI.model("refused"), prompt: "Weather?" });
} catch (error) {
  console.log(String(error));
}
await flushTracing();
process.exit(0);
