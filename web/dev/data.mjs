/** Made-up traces for looking at the pages without a server. A development tool: never built, never shipped. */

let state = 20260214;
const random = () => {
  state = (state * 1664525 + 1013904223) >>> 0;
  return state / 2 ** 32;
};
const pick = (list) => list[Math.floor(random() * list.length)];
const hex = (length) => Array.from({ length }, () => Math.floor(random() * 16).toString(16)).join("");
export const iso = (micros) =>
  `${new Date(Math.floor(micros / 1000)).toISOString().slice(0, -1)}${String(micros % 1000).padStart(3, "0")}Z`;

const QUESTIONS = [
  "Where is my order 48291? It should have arrived on Tuesday.",
  "Summarise the incident review of last night in five bullet points.",
  "Schreibe eine freundliche Absage für Frau Müller – bitte höflich und kurz.",
  "東京から京都までの新幹線の時刻を教えてください。",
  "Refactor `load_config()` so that it validates its input and add tests 🧪",
  "Compare the three quotes and tell me which supplier is cheapest over 24 months.",
];
const NAMES = ["support-agent", "incident-summary", "mail-writer", "travel-planner", "code-review", "quote-compare"];
const ANSWERS = [
  "Your order left our warehouse on **Monday** and is with the carrier now. Expected delivery: *Thursday before noon*.",
  "- The database failed over at 02:14 UTC\n- Writes were refused for 38 seconds\n- No data was lost\n- The alert came 90 s late\n- Owner: platform team",
  "Sehr geehrte Frau Müller,\n\nvielen Dank für Ihre Bewerbung …",
  "のぞみ号は約2時間15分です。",
  'I moved validation into `Config.parse()` and added 12 tests:\n\n```python\ndef test_rejects_unknown_keys() -> None:\n    with pytest.raises(ConfigError):\n        Config.parse({"colour": 1})\n```',
  "| Supplier | Monthly | 24 months |\n|---|---|---|\n| North | $120 | **$2,880** |\n| Lake | $115 | $2,960 |",
];

function observation(parent, type, name, start, length, extra = {}) {
  return {
    id: hex(16),
    parent_id: parent,
    type,
    name,
    start_time: iso(start),
    end_time: length === null ? null : iso(start + length),
    completion_start_time: null,
    level: "DEFAULT",
    status_message: null,
    model: null,
    model_parameters: null,
    usage: {},
    cost_usd: {},
    total_cost_usd: null,
    latency_seconds: length === null ? null : length / 1e6,
    time_to_first_token_seconds: null,
    prompt_name: null,
    prompt_version: null,
    environment: "default",
    version: null,
    is_root: parent === null,
    called_tool_names: [],
    truncated: [],
    ...extra,
    detail: { input: null, output: null, metadata: {}, span_events: [], span_links: [], ...extra.detail },
  };
}

const STACK = `Traceback (most recent call last):
  File "/app/agents/support.py", line 84, in call_tool
    return await self.registry[name](**arguments)
  File "/app/tools/orders.py", line 31, in lookup_order
    response.raise_for_status()
  File "/usr/lib/python3.11/site-packages/httpx/_models.py", line 829, in raise_for_status
    raise HTTPStatusError(message, request=request, response=self)
httpx.HTTPStatusError: Server error '503 Service Unavailable' for url 'http://orders.internal/api/48291'`;

function generation(parent, start, length, question, answer, extra = {}) {
  const input = 300 + Math.floor(random() * 2400);
  const cached = Math.floor(input * 0.6);
  const output = 40 + Math.floor(random() * 700);
  const cost = { input: input * 2.5e-6, output: output * 1e-5 };
  const wait = Math.floor(length * 0.3);
  return observation(parent, "GENERATION", "chat gpt-4o", start, length, {
    model: pick(["gpt-4o-2024-08-06", "claude-sonnet-4-5", "gemini-2.5-pro"]),
    model_parameters: { temperature: 0.2, max_tokens: 1024 },
    usage: { input, output, total: input + output, input_cached_tokens: cached },
    cost_usd: { ...cost, total: cost.input + cost.output },
    total_cost_usd: cost.input + cost.output,
    completion_start_time: iso(start + wait),
    time_to_first_token_seconds: wait / 1e6,
    prompt_name: "support-system",
    prompt_version: 7,
    detail: {
      input: JSON.stringify([
        {
          role: "system",
          content:
            "You are a helpful support agent. Answer briefly, never promise refunds, and always look up the order before you answer.",
        },
        { role: "user", content: question },
        {
          role: "assistant",
          content: null,
          tool_calls: [
            {
              id: "call_1",
              type: "function",
              function: { name: "lookup_order", arguments: '{"order_id": 48291, "fields": ["status", "carrier"]}' },
            },
          ],
        },
        {
          role: "tool",
          tool_call_id: "call_1",
          name: "lookup_order",
          content: '{"status": "in_transit", "carrier": "DHL", "eta": "2026-02-19"}',
        },
      ]),
      output: JSON.stringify({ role: "assistant", content: answer }),
      metadata: { attempt: 1, region: "eu-central-1", cache: { hit: true, key: "a91f" } },
    },
    ...extra,
  });
}

export function agentTrace(at, index, options = {}) {
  const which = index % NAMES.length;
  const question = QUESTIONS[which];
  const answer = ANSWERS[which];
  const length = 900_000 + Math.floor(random() * 9_000_000);
  const isError = options.error ?? index % 9 === 4;
  const root = observation(null, "AGENT", NAMES[which], at, length, {
    level: isError ? "ERROR" : "DEFAULT",
    status_message: isError ? "The tool lookup_order failed after 3 attempts" : null,
    detail: {
      input: JSON.stringify({ question }),
      output: JSON.stringify(answer),
      metadata: { "thread.id": 7, build: { commit: hex(8), branch: "main" } },
    },
  });
  const at1 = at + length * 0.04;
  const list = [root];
  list.push(
    observation(root.id, "GUARDRAIL", "input-policy", Math.floor(at1), Math.floor(length * 0.05), {
      detail: { input: question, output: "allowed" },
    }),
  );
  const retriever = observation(
    root.id,
    "RETRIEVER",
    "search-knowledge",
    Math.floor(at + length * 0.1),
    Math.floor(length * 0.14),
    {
      detail: {
        input: question,
        output: JSON.stringify([
          { id: 12, score: 0.91, text: "Orders ship within 24 hours." },
          { id: 80, score: 0.74, text: "Refunds need an approval." },
        ]),
      },
    },
  );
  list.push(retriever);
  list.push(
    observation(
      retriever.id,
      "EMBEDDING",
      "text-embedding-3-small",
      Math.floor(at + length * 0.11),
      Math.floor(length * 0.04),
      {
        model: "text-embedding-3-small",
        usage: { input: 14, total: 14 },
        cost_usd: { total: 2.8e-7 },
        total_cost_usd: 2.8e-7,
      },
    ),
  );
  const chain = observation(root.id, "CHAIN", "plan-and-act", Math.floor(at + length * 0.26), Math.floor(length * 0.7));
  list.push(chain);
  list.push(
    generation(
      chain.id,
      Math.floor(at + length * 0.28),
      Math.floor(length * 0.26),
      question,
      "I will look the order up.",
    ),
  );
  list.push(
    observation(chain.id, "TOOL", "lookup_order", Math.floor(at + length * 0.55), Math.floor(length * 0.12), {
      level: isError ? "ERROR" : "DEFAULT",
      status_message: isError ? "HTTPStatusError: Server error '503 Service Unavailable'" : null,
      called_tool_names: [],
      detail: {
        input: JSON.stringify({ order_id: 48291, fields: ["status", "carrier"] }),
        output: isError ? null : JSON.stringify({ status: "in_transit", carrier: "DHL" }),
        span_events: [
          { name: "retry", time: iso(Math.floor(at + length * 0.58)), attributes: { attempt: 2, wait_ms: 250 } },
          ...(isError
            ? [
                {
                  name: "exception",
                  time: iso(Math.floor(at + length * 0.66)),
                  attributes: {
                    "exception.type": "httpx.HTTPStatusError",
                    "exception.message": "Server error '503 Service Unavailable'",
                    "exception.stacktrace": STACK,
                  },
                },
              ]
            : []),
        ],
      },
    }),
  );
  list.push(
    observation(chain.id, "EVENT", "cache-miss", Math.floor(at + length * 0.56), null, {
      level: index % 4 === 0 ? "WARNING" : "DEFAULT",
    }),
  );
  list.push(generation(chain.id, Math.floor(at + length * 0.69), Math.floor(length * 0.25), question, answer));
  list.push(
    observation(root.id, "EVALUATOR", "politeness", Math.floor(at + length * 0.965), Math.floor(length * 0.02), {
      model: "gpt-4o-mini",
    }),
  );
  return finish(at, index, list, { name: NAMES[which], input: question, output: answer });
}

function sum(list, key) {
  const result = {};
  for (const item of list)
    for (const [name, value] of Object.entries(item[key])) result[name] = (result[name] ?? 0) + value;
  return result;
}

export function finish(at, index, observations, { name, input, output, ...more }) {
  const costs = observations.map((item) => item.total_cost_usd).filter((cost) => cost !== null);
  const id = hex(32);
  const counts = {};
  for (const item of observations) counts[item.level] = (counts[item.level] ?? 0) + 1;
  const ends = observations.map((item) => Date.parse(item.end_time ?? item.start_time));
  const trace = {
    id,
    timestamp: iso(at),
    name,
    user_id: index % 5 === 4 ? null : pick(["ada@example.org", "grace", "user-8412", "linus"]),
    session_id: index % 3 === 2 ? null : `session-${1000 + (index % 40)}`,
    tags: index % 2 ? ["beta", pick(["checkout", "search"])] : [],
    release: "2026.02.1",
    version: null,
    environment: index % 6 === 5 ? "staging" : "default",
    public: false,
    latency_seconds: (Math.max(...ends) - at / 1000) / 1000,
    total_cost_usd: costs.length ? costs.reduce((a, b) => a + b, 0) : null,
    usage: sum(observations, "usage"),
    observation_count: observations.length,
    level_counts: counts,
    models: ["gpt-4o"],
    input_preview: input?.slice(0, 200) ?? null,
    output_preview: output?.slice(0, 200) ?? null,
    metadata: { tenant: "acme", experiment: { arm: "b", seed: 42 } },
    input,
    output,
    created_at: iso(at),
    updated_at: iso(at),
    ...more,
  };
  const scores =
    index % 2
      ? []
      : [
          {
            id: hex(8),
            name: "helpfulness",
            timestamp: iso(at),
            source: "API",
            data_type: "NUMERIC",
            value: 0.87,
            comment: "Found the order on the first try.",
            trace_id: id,
            observation_id: null,
            session_id: null,
            author_user_id: null,
            metadata: {},
          },
          {
            id: hex(8),
            name: "on-topic",
            timestamp: iso(at),
            source: "EVAL",
            data_type: "BOOLEAN",
            value: true,
            comment: null,
            trace_id: id,
            observation_id: null,
            session_id: null,
            author_user_id: null,
            metadata: {},
          },
          {
            id: hex(8),
            name: "tone",
            timestamp: iso(at),
            source: "ANNOTATION",
            data_type: "CATEGORICAL",
            value: "friendly",
            comment: null,
            trace_id: id,
            observation_id: observations.at(-1).id,
            session_id: null,
            author_user_id: "u1",
            metadata: {},
          },
        ];
  return { trace, observations, scores };
}

export function hugeTrace(at, count = 5000) {
  const root = observation(
    null,
    "AGENT",
    "research-swarm with a very long name that does not fit on any screen, however wide it may be, and goes on and on",
    at,
    count * 20_000,
    {
      detail: { input: "Research everything.", output: "Done.", metadata: {} },
    },
  );
  const list = [root];
  const open = [root];
  for (let index = 1; index < count; index += 1) {
    const parent = index % 3 === 0 ? pick(open.slice(-8)) : pick(open.slice(0, 60));
    const type = pick(["SPAN", "TOOL", "CHAIN", "GENERATION", "RETRIEVER", "EVENT"]);
    const start = at + index * 19_000;
    const item =
      type === "GENERATION"
        ? generation(parent.id, start, 700_000, "Research?", "Yes.")
        : observation(
            parent.id,
            type,
            `${type.toLowerCase()}-${index}`,
            start,
            type === "EVENT" ? null : Math.floor(random() * 900_000),
            { level: index % 701 === 0 ? "ERROR" : "DEFAULT" },
          );
    list.push(item);
    if (type !== "EVENT" && index % 4 === 0) open.push(item);
  }
  return finish(at, 1, list, { name: root.name, input: "Research everything.", output: "Done." });
}

export function oddTraces(at) {
  const big = JSON.stringify({
    documents: Array.from({ length: 4000 }, (_, index) => ({
      id: index,
      title: `Document ${index}`,
      body: "Lorem ipsum dolor sit amet, consectetur adipiscing elit. ".repeat(4),
    })),
  });
  const text = "The quick brown fox jumps over the lazy dog. Zwölf Boxkämpfer jagen Viktor. いろはにほへと\n".repeat(
    11_000,
  );
  const hostile = `<img src=x onerror="alert(1)"><script>alert(2)</script> [click](javascript:alert(3)) ![i](http://evil.example/x.png)`;
  const deep = JSON.parse(`${'{"a":'.repeat(300)}1${"}".repeat(300)}`);
  const chat = Array.from({ length: 120 }, (_, index) => ({
    role: index % 2 ? "assistant" : "user",
    content: `Message ${index}: ${pick(QUESTIONS)}`,
  }));
  const claude = {
    system: "You are Claude. ".repeat(120),
    tools: [{ name: "bash", description: "Runs a command", input_schema: { type: "object" } }],
    max_tokens: 2048,
    messages: [
      {
        role: "user",
        content: [
          { type: "text", text: "What is in /tmp?" },
          { type: "image", source: { type: "base64", media_type: "image/png", data: "…" } },
        ],
      },
      {
        role: "assistant",
        content: [
          { type: "thinking", thinking: "The user wants a listing. I should call the tool.", signature: "x" },
          { type: "tool_use", id: "toolu_1", name: "bash", input: { command: "ls -la /tmp" } },
        ],
      },
      {
        role: "user",
        content: [
          {
            type: "tool_result",
            tool_use_id: "toolu_1",
            is_error: true,
            content: [{ type: "text", text: "ls: cannot open directory '/tmp': Permission denied" }],
          },
        ],
      },
    ],
  };
  const root = observation(null, "SPAN", hostile, at, 3_000_000, {
    level: "WARNING",
    status_message: hostile,
    truncated: ["input", "metadata"],
    detail: { input: hostile, output: hostile, metadata: { [hostile]: hostile, deep } },
  });
  const list = [
    root,
    observation(root.id, "TOOL", "1 MB of JSON", at + 100_000, 500_000, {
      detail: { input: big, output: "ok" },
      truncated: ["input"],
    }),
    observation(root.id, "TOOL", "1 MB of text", at + 700_000, 500_000, {
      detail: { input: text, output: JSON.stringify(text) },
    }),
    observation(root.id, "GENERATION", "long chat", at + 1_300_000, 500_000, {
      model: "gpt-4o",
      detail: {
        input: JSON.stringify(chat),
        output: JSON.stringify({
          choices: [{ message: { role: "assistant", content: ANSWERS[5] }, finish_reason: "stop" }],
          usage: { total_tokens: 12 },
        }),
      },
    }),
    observation(root.id, "GENERATION", "anthropic", at + 1_900_000, 500_000, {
      model: "claude-sonnet-4-5",
      detail: {
        input: JSON.stringify(claude),
        output: JSON.stringify({
          role: "assistant",
          content: [{ type: "text", text: ANSWERS[1] }],
          stop_reason: "end_turn",
        }),
      },
    }),
    observation("feedfeedfeedfeed", "SPAN", "orphan: its parent never came", at + 2_400_000, null, {
      detail: { input: "12345678901234567890", output: "[not json" },
    }),
  ];
  return finish(at, 3, list, {
    name: hostile,
    input: hostile,
    output: null,
    user_id: "user with spaces / and slashes?&#",
    session_id: "セッション-42",
    tags: ["a-tag-that-is-far-too-long-for-any-column-it-could-be-in", "ü", "x", "y"],
  });
}
