/**
 * A stand-in for the server while pages are made: it serves made-up traces in the shapes of the native API, and the
 * built application with the same Content-Security-Policy. A development tool: never built, never shipped.
 *
 *   node dev/server.mjs [port] [number of traces]
 */

import { createReadStream, existsSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { agentTrace, hugeTrace, iso, oddTraces } from "./data.mjs";

const [port = "3100", count = "1200"] = process.argv.slice(2);
const DIST = fileURLToPath(new URL("../../packages/spanwise-server/src/spanwise_server/web/dist", import.meta.url));
const TYPES = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
  ".woff2": "font/woff2",
};
const CSP =
  "default-src 'self'; style-src 'self'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'; object-src 'none'";

const now = Date.now() * 1000;
const store = Array.from({ length: Number(count) }, (_, index) =>
  agentTrace(now - index * 97_000_000 - 5_000_000, index),
);
if (store.length > 0) store.splice(2, 0, hugeTrace(now - 150_000_000), oddTraces(now - 160_000_000));
const sessions = new Set();
let liveIndex = 0;

const byTime = () => store.sort((one, other) => other.trace.timestamp.localeCompare(one.trace.timestamp));

function listItem({ trace }) {
  const { metadata, input, output, created_at, updated_at, ...item } = trace;
  return item;
}

function matches({ trace, observations }, query) {
  const search = query.get("search")?.toLowerCase();
  const wanted = {
    name: trace.name,
    user_id: trace.user_id,
    session_id: trace.session_id,
    environment: trace.environment,
  };
  if (
    search &&
    trace.id !== search &&
    ![trace.name, trace.user_id, trace.session_id].some((field) => field?.toLowerCase().includes(search))
  )
    return false;
  for (const [key, value] of Object.entries(wanted)) if (query.get(key) && query.get(key) !== value) return false;
  if (query.get("tag") && !trace.tags.includes(query.get("tag"))) return false;
  if (query.get("level") && !observations.some((item) => item.level === query.get("level"))) return false;
  if (query.get("since") && trace.timestamp < query.get("since")) return false;
  return !(query.get("until") && trace.timestamp >= query.get("until"));
}

function page(rows, query) {
  const limit = Number(query.get("limit") ?? 50);
  const from = query.get("cursor") ? rows.findIndex(({ trace }) => trace.id === query.get("cursor")) + 1 : 0;
  const items = rows.slice(from, from + limit);
  return { items: items.map(listItem), next_cursor: from + limit < rows.length ? items.at(-1).trace.id : null };
}

const strip = ({ detail, ...item }) => item;
const problem = (status, code, message, hint) => [status, { code, message, ...(hint ? { hint } : {}) }];

function answer(path, query, projectId) {
  const rows = projectId === "empty" && liveIndex === 0 ? [] : byTime();
  if (query.get("search") === "boom")
    return problem(500, "internal", "The store is out of memory.", "Choose a shorter time range.");
  if (path === "traces")
    return [
      200,
      page(
        rows.filter((row) => matches(row, query)),
        query,
      ),
    ];
  if (path === "session") {
    const own = rows.filter(({ trace }) => trace.session_id === query.get("id"));
    if (own.length === 0) return problem(404, "not_found", `No session ${query.get("id")} in this project.`);
    return [200, { id: query.get("id"), created_at: own.at(-1).trace.timestamp, ...page(own, query) }];
  }
  const found = rows.find(({ trace }) => trace.id === (query.get("trace_id") ?? query.get("id")));
  if (!found)
    return problem(
      404,
      "not_found",
      `No trace ${query.get("id")} in this project.`,
      "It may belong to another project.",
    );
  if (path === "trace") return [200, { ...found, observations: found.observations.map(strip) }];
  const item = found.observations.find(({ id }) => id === query.get("id"));
  if (!item) return problem(404, "not_found", "No such observation.");
  const { detail, ...rest } = item;
  return [
    200,
    {
      ...rest,
      ...detail,
      trace_id: found.trace.id,
      user_id: found.trace.user_id,
      session_id: found.trace.session_id,
      tags: found.trace.tags,
      sdk_name: "python",
      sdk_version: "5.0.4",
      source: "otlp",
    },
  ];
}

function send(response, status, body, headers = {}) {
  response.writeHead(status, { "Content-Type": "application/json", ...headers });
  response.end(body === null ? "" : JSON.stringify(body));
}

async function handleApi(request, response, url) {
  const cookie = /spanwise_session=(\w+)/.exec(request.headers.cookie ?? "")?.[1];
  if (url.pathname === "/api/v1/login") {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const { password } = JSON.parse(Buffer.concat(chunks).toString());
    if (password !== "secret")
      return send(response, 401, { code: "invalid_login", message: "The e-mail address or the password is wrong." });
    const session = String(Math.random()).slice(2);
    sessions.add(session);
    return send(
      response,
      200,
      { user: { id: "u1", email: "ada@example.org", name: "Ada Lovelace" } },
      { "Set-Cookie": `spanwise_session=${session}; HttpOnly; Path=/` },
    );
  }
  if (url.pathname === "/dev/trace") {
    liveIndex += 1;
    store.push(agentTrace(Date.now() * 1000, liveIndex));
    return send(response, 200, {});
  }
  if (!sessions.has(cookie)) return send(response, 401, { code: "unauthorized", message: "Sign in first." });
  if (url.pathname === "/api/v1/logout") {
    sessions.delete(cookie);
    return send(response, 204, null);
  }
  if (url.pathname === "/api/v1/me") {
    const organization = { id: "o1", name: "Acme" };
    const projects = [
      ["demo", "Demo"],
      ["empty", "Empty project"],
      ["long", "A project whose name is much longer than it should be"],
    ];
    return send(response, 200, {
      user: { id: "u1", email: "ada@example.org", name: "Ada Lovelace" },
      projects: projects.map(([id, name]) => ({ id, name, role: "OWNER", organization })),
      version: "0.1.0",
    });
  }
  const match = /^\/api\/v1\/projects\/([^/]+)\/(\w+)$/.exec(url.pathname);
  if (!match) return send(response, 404, { code: "not_found", message: "No such route." });
  return send(response, ...answer(match[2], url.searchParams, decodeURIComponent(match[1])));
}

createServer((request, response) => {
  const url = new URL(request.url, "http://localhost");
  if (url.pathname.startsWith("/api/") || url.pathname.startsWith("/dev/"))
    return void handleApi(request, response, url);
  const file = join(DIST, normalize(url.pathname));
  const isFile = existsSync(file) && statSync(file).isFile();
  const served = isFile ? file : join(DIST, "index.html");
  response.writeHead(200, {
    "Content-Type": TYPES[extname(served)] ?? "application/octet-stream",
    "Content-Security-Policy": CSP,
  });
  createReadStream(served).pipe(response);
}).listen(Number(port), "127.0.0.1", () =>
  console.log(
    `http://127.0.0.1:${port} with ${store.length} traces, any e-mail, password "secret"; newest ${store[0] ? iso(now) : "none"}`,
  ),
);
