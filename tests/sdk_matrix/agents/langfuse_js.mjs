// The trip planner on the Langfuse JS SDK 4 and 5: OTLP as JSON, scores through the ingestion route.
import { readFileSync, writeFileSync } from "node:fs";
import { LangfuseClient } from "@langfuse/client";
import { LangfuseSpanProcessor } from "@langfuse/otel";
import { propagateAttributes, startActiveObservation, startObservation } from "@langfuse/tracing";
import { NodeTracerProvider } from "@opentelemetry/sdk-trace-node";

const scenario = JSON.parse(readFileSync(new URL("./scenario.json", import.meta.url), "utf-8"));
const { trace: told, observations, scores } = scenario;
const sessionId = process.env.MATRIX_SESSION_ID;
const payload = scenario.payload_unit.repeat(Number(process.env.MATRIX_PAYLOAD_REPEAT));
const report = { ids: {}, reads: {}, before: new Date().toISOString() };

const processor = new LangfuseSpanProcessor();
new NodeTracerProvider({ spanProcessors: [processor] }).register();
const langfuse = new LangfuseClient();

const pick = (name, ...keys) => Object.fromEntries(keys.filter((key) => key in observations[name]).map((key) => [key, observations[name][key]]));
const note = (name, observation) => (report.ids[name] = observation.id);

function searchFlights(agent) {
  const tool = agent.startObservation("search-flights", pick("search-flights", "input", "metadata"), { asType: "tool" });
  const ranking = tool.startObservation("rank-flights", pick("rank-flights", "input", "model"), { asType: "generation" });
  ranking.update({ output: observations["rank-flights"].output, usageDetails: observations["rank-flights"].usage_openai }).end();
  langfuse.score.observation(ranking, { name: "rank-quality", value: scores["rank-quality"].value });
  const miss = tool.startObservation("cache-miss", pick("cache-miss", "input", "metadata"), { asType: "event" });
  tool.update({ output: observations["search-flights"].output }).end();
  note("search-flights", tool);
  note("rank-flights", ranking);
  note("cache-miss", miss);
}

class NoRoomsLeftError extends Error {}

function bookHotel() {
  try {
    startActiveObservation(
      "book-hotel",
      (tool) => {
        note("book-hotel", tool);
        tool.update(pick("book-hotel", "input"));
        try {
          throw new NoRoomsLeftError(observations["book-hotel"].error);
        } catch (error) {
          // The JS SDK leaves the failure to the application.
          tool.update({ level: "ERROR", statusMessage: `NoRoomsLeftError: ${error.message}` });
          throw error;
        }
      },
      { asType: "tool" },
    );
  } catch (error) {
    if (!(error instanceof NoRoomsLeftError)) throw error;
  }
}

function writeAnswer() {
  const answer = observations["write-answer"];
  const generation = startObservation(
    "write-answer",
    { ...pick("write-answer", "input", "model"), modelParameters: answer.model_parameters },
    { asType: "generation" },
  );
  const completionStartTime = new Date();
  generation.update({ completionStartTime, output: answer.output, usageDetails: answer.usage, costDetails: answer.cost }).end();
  report.completion_start_time = completionStartTime.toISOString();
  note("write-answer", generation);
  const { value, data_type: dataType, comment } = scores.grounded;
  langfuse.score.create({ traceId: generation.traceId, observationId: generation.id, name: "grounded", value, dataType, comment });
}

function planTrip(agent) {
  report.trace_id = agent.traceId;
  note("plan-trip", agent);
  searchFlights(agent);
  bookHotel();
  const visa = observations["check-visa"];
  const check = startObservation("check-visa", { ...pick("check-visa", "input", "output", "level"), statusMessage: visa.status_message });
  check.end();
  note("check-visa", check);
  writeAnswer();
  const summary = startObservation("summarise", { ...pick("summarise", "model"), input: payload, output: payload }, { asType: "generation" });
  summary.end();
  note("summarise", summary);
  agent.update({ output: observations["plan-trip"].output });
  const { value, data_type: dataType, comment, metadata } = scores.helpfulness;
  langfuse.score.trace(agent, { name: "helpfulness", value, dataType, comment, metadata });
  langfuse.score.trace(agent, { name: "tone", value: scores.tone.value, dataType: "CATEGORICAL" });
  langfuse.score.create({ sessionId, name: "session-mood", value: scores["session-mood"].value, dataType: "NUMERIC" });
}

async function read(name, call) {
  try {
    report.reads[name] = await call();
  } catch (error) {
    report.reads[name] = { error: String(error).slice(0, 2000) };
  }
}

const { name: traceName, user_id: userId, tags, version, metadata } = told;
startActiveObservation(
  "plan-trip",
  (agent) => {
    agent.update(pick("plan-trip", "input", "metadata"));
    propagateAttributes({ traceName, userId, sessionId, tags, version, metadata }, () => {
      // Version 4 has one call for all that belongs to the trace.
      if (agent.setTraceAsPublic) agent.setTraceAsPublic();
      else agent.updateTrace({ public: true });
      planTrip(agent);
    });
  },
  { asType: "agent" },
);
await processor.forceFlush();
await langfuse.flush();

const fields = "core,basic,time,io,metadata,model,usage,prompt,metrics,trace_context";
const traceId = report.trace_id;
report.auth_check = (await langfuse.api.projects.get()).data.length === 1;
report.trace_url = await langfuse.getTraceUrl(traceId);
// Version 4 has the older reads under the plain names, version 5 under `legacy`. The `fetch…` shortcuts of 4 are broken.
const { legacy, observations: current } = langfuse.api;
const observationsV1 = legacy ? legacy.observationsV1 : current;
const observationsV2 = legacy ? current : langfuse.api.observationsV2;
const answerId = report.ids["write-answer"];
await read("trace", () => (legacy ? langfuse.fetchTrace(traceId) : langfuse.api.trace.get(traceId)));
await read("traces", () => (legacy ? langfuse.fetchTraces({ sessionId }) : langfuse.api.trace.list({ sessionId })));
await read("observations", () => observationsV1.getMany({ traceId, limit: 100 }));
await read("observation", () => (legacy ? langfuse.fetchObservation(answerId) : current.get(answerId)));
await read("observations_v2", () => observationsV2.getMany({ traceId, fields }));
await read("session", () => langfuse.api.sessions.get(sessionId));
await read("sessions", () => langfuse.api.sessions.list({ limit: 100 }));
await read("scores_v2", () => (legacy ? langfuse.api.scores.getMany({ limit: 100 }) : langfuse.api.scoreV2.get({ limit: 100 })));
if (legacy) await read("scores_v3", () => langfuse.api.scoresV3.getManyV3({ fields: "core,details,subject,annotation", limit: 100 }));
report.after = new Date().toISOString();
writeFileSync(process.argv[2], JSON.stringify(report));
