// The trip planner on the Langfuse JS SDK 3: stateful clients, JSON batches to the ingestion route.
import { readFileSync, writeFileSync } from "node:fs";
import { Langfuse } from "langfuse";

const scenario = JSON.parse(readFileSync(new URL("./scenario.json", import.meta.url), "utf-8"));
const { trace: told, observations, scores } = scenario;
const sessionId = process.env.MATRIX_SESSION_ID;
const payload = scenario.payload_unit.repeat(Number(process.env.MATRIX_PAYLOAD_REPEAT));
const report = { ids: {}, reads: {}, before: new Date().toISOString() };
const langfuse = new Langfuse();

const pick = (name, ...keys) => Object.fromEntries(keys.filter((key) => key in observations[name]).map((key) => [key, observations[name][key]]));
const note = (name, observation) => (report.ids[name] = observation.id);

function searchFlights(agent) {
  const tool = agent.span({ name: "search-flights", ...pick("search-flights", "input", "metadata") });
  const ranking = tool.generation({
    name: "rank-flights",
    usage: observations["rank-flights"].usage_openai,
    ...pick("rank-flights", "input", "model"),
  });
  ranking.end({ output: observations["rank-flights"].output });
  const miss = tool.event({ name: "cache-miss", ...pick("cache-miss", "input", "metadata") });
  tool.end({ output: observations["search-flights"].output });
  ranking.score({ name: "rank-quality", value: scores["rank-quality"].value });
  note("search-flights", tool);
  note("rank-flights", ranking);
  note("cache-miss", miss);
}

function bookHotel(agent) {
  const tool = agent.span({ name: "book-hotel", ...pick("book-hotel", "input") });
  note("book-hotel", tool);
  tool.end({ level: "ERROR", statusMessage: `NoRoomsLeftError: ${observations["book-hotel"].error}` });
}

function writeAnswer(agent) {
  const answer = observations["write-answer"];
  const generation = agent.generation({
    name: "write-answer",
    modelParameters: answer.model_parameters,
    ...pick("write-answer", "input", "model"),
  });
  const completionStartTime = new Date();
  generation.update({ completionStartTime });
  generation.end({ output: answer.output, usageDetails: answer.usage, costDetails: answer.cost });
  report.completion_start_time = completionStartTime.toISOString();
  note("write-answer", generation);
  const { value, data_type: dataType, comment } = scores.grounded;
  generation.score({ name: "grounded", value, dataType, comment });
}

async function read(name, call) {
  try {
    report.reads[name] = await call();
  } catch (error) {
    report.reads[name] = { error: String(error).slice(0, 2000) };
  }
}

const { name, user_id: userId, tags, version, metadata, input, output } = told;
const trace = langfuse.trace({ name, userId, sessionId, tags, version, metadata, input, public: true });
const agent = trace.span({ name: "plan-trip", ...pick("plan-trip", "input", "metadata") });
note("plan-trip", agent);
searchFlights(agent);
bookHotel(agent);
const visa = agent.span({ name: "check-visa", ...pick("check-visa", "input", "level"), statusMessage: observations["check-visa"].status_message });
visa.end({ output: observations["check-visa"].output });
note("check-visa", visa);
writeAnswer(agent);
const summary = agent.generation({ name: "summarise", ...pick("summarise", "model"), input: payload });
summary.end({ output: payload });
note("summarise", summary);
agent.end({ output: observations["plan-trip"].output });
trace.update({ output });
const { value, data_type: dataType, comment, metadata: scoreMetadata } = scores.helpfulness;
trace.score({ name: "helpfulness", value, dataType, comment, metadata: scoreMetadata });
langfuse.score({ traceId: trace.id, name: "tone", value: scores.tone.value, dataType: "CATEGORICAL" });
langfuse.score({ sessionId, name: "session-mood", value: scores["session-mood"].value, dataType: "NUMERIC" });
// A flush does not wait for a batch that is under way already; a shutdown does.
await langfuse.shutdownAsync();

const traceId = (report.trace_id = trace.id);
report.auth_check = (await langfuse.api.projectsGet()).data.length === 1;
report.trace_url = trace.getTraceUrl();
await read("trace", async () => (await langfuse.fetchTrace(traceId)).data);
await read("traces", () => langfuse.fetchTraces({ sessionId }));
await read("observations", () => langfuse.fetchObservations({ traceId, limit: 100 }));
await read("observation", async () => (await langfuse.fetchObservation(report.ids["write-answer"])).data);
await read("sessions", () => langfuse.fetchSessions({ limit: 100 }));
await read("session", () => langfuse.api.sessionsGet(sessionId));
await read("scores_v2", () => langfuse.api.scoreV2Get({ limit: 100 }));
report.after = new Date().toISOString();
writeFileSync(process.argv[2], JSON.stringify(report));
