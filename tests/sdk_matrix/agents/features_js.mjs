// Every feature of the JS SDK 4 and 5 beyond tracing: prompts, datasets, experiments, media, scores, links.
import { writeFileSync } from "node:fs";
import { LangfuseClient } from "@langfuse/client";
import { LangfuseMedia } from "@langfuse/core";
import { LangfuseSpanProcessor } from "@langfuse/otel";
import { startActiveObservation, startObservation } from "@langfuse/tracing";
import { NodeTracerProvider } from "@opentelemetry/sdk-trace-node";

const name = process.env.MATRIX_NAME;
const PICTURE = process.env.MATRIX_PICTURE;
const processor = new LangfuseSpanProcessor();
new NodeTracerProvider({ spanProcessors: [processor] }).register();
const langfuse = new LangfuseClient();

async function tryPrompts() {
  const text = `${name}/text`;
  const chat = `${name}/chat`;
  await langfuse.prompt.create({ name: text, type: "text", prompt: "Hello {{who}}", labels: ["production"], tags: ["matrix"], config: { temperature: 0.5 } });
  await langfuse.prompt.create({ name: text, type: "text", prompt: "Good day {{who}}", commitMessage: "politer" });
  const messages = [{ role: "system", content: "Answer {{how}}." }, { type: "placeholder", name: "history" }];
  await langfuse.prompt.create({ name: chat, type: "chat", prompt: messages, labels: ["production"] });
  const first = await langfuse.prompt.get(text);
  const latest = await langfuse.prompt.get(text, { label: "latest" });
  await langfuse.prompt.update({ name: text, version: 2, newLabels: ["production"] });
  const moved = await langfuse.prompt.get(text, { cacheTtlSeconds: 0 });
  const again = await langfuse.prompt.get(text, { version: 1 });
  const chatPrompt = await langfuse.prompt.get(chat, { type: "chat" });
  const fallback = await langfuse.prompt.get(`${name}/missing`, { fallback: "Hi {{who}}", maxRetries: 0 });
  const missing = await langfuse.prompt.get(`${name}/missing`, { maxRetries: 0 }).then(() => false, () => true);
  const generation = startObservation("prompted", { prompt: moved, model: "gpt-4o-mini" }, { asType: "generation" });
  generation.end();
  const compiled = chatPrompt.compile({ how: "shortly" }, { history: [{ role: "user", content: "Hi" }] });
  return {
    first: [first.version, first.compile({ who: "Ada" })],
    latest: latest.version,
    moved: [moved.version, moved.compile({ who: "Ada" })],
    again: again.version,
    config: first.config,
    tags: first.tags,
    chat: compiled.map(({ role, content }) => [role, content]),
    fallback: [fallback.compile({ who: "Ada" }), fallback.isFallback],
    missing,
    generation: generation.id,
  };
}

async function tryDatasets() {
  const datasetName = `${name}/set one`;
  await langfuse.api.datasets.create({ name: datasetName, description: "capitals", metadata: { of: "matrix" } });
  for (const [id, country, capital] of [["ch", "Switzerland", "Bern"], ["fr", "France", "Paris"]]) {
    await langfuse.api.datasetItems.create({
      datasetName, id: `${name}-${id}`, input: { country }, expectedOutput: capital, metadata: { continent: "Europe" },
    });
  }
  const dataset = await langfuse.dataset.get(datasetName);
  const result = await dataset.runExperiment({
    name: "capitals",
    runName: `${name} run`,
    description: "by hand",
    metadata: { model: "none" },
    task: async ({ input }) => (input.country === "Switzerland" ? "Bern" : "Lyon"),
    evaluators: [async ({ output, expectedOutput }) => ({ name: "exact", value: output === expectedOutput ? 1 : 0 })],
    runEvaluators: [
      async ({ itemResults }) => ({
        name: "share",
        value: itemResults.filter((item) => item.output === item.expectedOutput || item.evaluations?.[0]?.value === 1).length / itemResults.length,
      }),
    ],
  });
  return {
    dataset: datasetName,
    items: dataset.items.map((item) => [item.id, item.input, item.expectedOutput]),
    run: result.runName ?? `${name} run`,
    run_id: result.datasetRunId ?? result.experimentId ?? null,
    url: result.datasetRunUrl ?? null,
    outputs: result.itemResults.map((item) => item.output).sort(),
  };
}

async function tryMedia() {
  const media = new LangfuseMedia({ source: "base64_data_uri", base64DataUri: PICTURE });
  const span = startObservation("pictured", { input: { picture: media, inline: PICTURE } });
  span.end();
  await processor.forceFlush();
  const read = await langfuse.api.observations.getMany({ traceId: span.traceId, fields: "core,io" });
  const input = typeof read.data[0].input === "string" ? JSON.parse(read.data[0].input) : read.data[0].input;
  const resolved = await langfuse.media.resolveReferences({ obj: input, resolveWith: "base64DataUri" });
  return { trace_id: span.traceId, references: input, resolved };
}

async function tryLinks() {
  let traceId;
  startActiveObservation("linked", (span) => {
    traceId = span.traceId;
    langfuse.score.activeObservation({ name: "on-observation", value: 0.25 });
    langfuse.score.activeTrace({ name: "on-trace", value: "fine", dataType: "CATEGORICAL" });
  });
  await processor.forceFlush();
  await langfuse.flush();
  const projects = await langfuse.api.projects.get();
  return { trace_id: traceId, url: await langfuse.getTraceUrl(traceId), auth: projects.data.length === 1 };
}

const report = { prompts: await tryPrompts(), datasets: await tryDatasets(), media: await tryMedia(), links: await tryLinks() };
await processor.forceFlush();
await langfuse.flush();
writeFileSync(process.argv[2], JSON.stringify(report));
