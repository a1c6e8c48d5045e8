// Every feature of the JS SDK 3 beyond tracing, as `features_js.mjs` has it for 4 and 5.
import { writeFileSync } from "node:fs";
import { Langfuse, LangfuseMedia } from "langfuse";

const name = process.env.MATRIX_NAME;
const PICTURE = process.env.MATRIX_PICTURE;
const langfuse = new Langfuse();

async function tryPrompts() {
  const text = `${name}/text`;
  const chat = `${name}/chat`;
  await langfuse.createPrompt({ name: text, type: "text", prompt: "Hello {{who}}", labels: ["production"], tags: ["matrix"], config: { temperature: 0.5 } });
  await langfuse.createPrompt({ name: text, type: "text", prompt: "Good day {{who}}", commitMessage: "politer" });
  const messages = [{ role: "system", content: "Answer {{how}}." }, { type: "placeholder", name: "history" }];
  await langfuse.createPrompt({ name: chat, type: "chat", prompt: messages, labels: ["production"] });
  const first = await langfuse.getPrompt(text);
  const latest = await langfuse.getPrompt(text, undefined, { label: "latest" });
  await langfuse.updatePrompt({ name: text, version: 2, newLabels: ["production"] });
  const moved = await langfuse.getPrompt(text, undefined, { cacheTtlSeconds: 0 });
  const again = await langfuse.getPrompt(text, 1);
  const chatPrompt = await langfuse.getPrompt(chat, undefined, { type: "chat" });
  const fallback = await langfuse.getPrompt(`${name}/missing`, undefined, { fallback: "Hi {{who}}", maxRetries: 0 });
  const missing = await langfuse.getPrompt(`${name}/missing`, undefined, { maxRetries: 0 }).then(() => false, () => true);
  const generation = langfuse.trace({ name: "prompted" }).generation({ name: "prompted", prompt: moved, model: "gpt-4o-mini" });
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
  await langfuse.createDataset({ name: datasetName, description: "capitals", metadata: { of: "matrix" } });
  for (const [id, country, capital] of [["ch", "Switzerland", "Bern"], ["fr", "France", "Paris"]]) {
    await langfuse.createDatasetItem({
      datasetName, id: `${name}-${id}`, input: { country }, expectedOutput: capital, metadata: { continent: "Europe" },
    });
  }
  const dataset = await langfuse.getDataset(datasetName);
  const run = `${name} run`;
  const outputs = [];
  for (const item of dataset.items) {
    const output = item.input.country === "Switzerland" ? "Bern" : "Lyon";
    const trace = langfuse.trace({ name: "experiment-item-run", input: item.input, output });
    await item.link(trace, run, { description: "by hand", metadata: { model: "none" } });
    trace.score({ name: "exact", value: output === item.expectedOutput ? 1 : 0 });
    outputs.push(output);
  }
  const read = await langfuse.getDatasetRun({ datasetName, runName: run });
  return {
    dataset: datasetName,
    items: dataset.items.map((item) => [item.id, item.input, item.expectedOutput]),
    run,
    run_id: read.id,
    url: null,
    outputs: outputs.sort(),
  };
}

async function tryMedia() {
  const media = new LangfuseMedia({ base64DataUri: PICTURE });
  const trace = langfuse.trace({ name: "pictured" });
  trace.span({ name: "pictured", input: { picture: media, inline: PICTURE } }).end();
  await langfuse.flushAsync();
  const read = await langfuse.fetchTrace(trace.id);
  const references = read.data.observations[0].input;
  const resolved = await langfuse.resolveMediaReferences({ obj: references, resolveWith: "base64DataUri" });
  return { trace_id: trace.id, references, resolved };
}

async function tryLinks() {
  const trace = langfuse.trace({ name: "linked" });
  const span = trace.span({ name: "linked" });
  span.score({ name: "on-observation", value: 0.25 });
  trace.score({ name: "on-trace", value: "fine", dataType: "CATEGORICAL" });
  span.end();
  await langfuse.flushAsync();
  const projects = await langfuse.api.projectsGet();
  return { trace_id: trace.id, url: trace.getTraceUrl(), auth: projects.data.length === 1 };
}

const report = { prompts: await tryPrompts(), datasets: await tryDatasets(), media: await tryMedia(), links: await tryLinks() };
await langfuse.shutdownAsync();
writeFileSync(process.argv[2], JSON.stringify(report));
