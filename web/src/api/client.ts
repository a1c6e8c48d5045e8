/**
 * The one place that talks to the server. Owns addresses, the session cookie's CSRF header and the form of errors;
 * it must not cache (that is `queries.ts`) and must not know any page.
 */

import type {
  DatasetDetails,
  DatasetPage,
  Me,
  Observation,
  Page,
  PromptDetails,
  PromptPage,
  RunDetails,
  RunItem,
  SessionPage,
  TraceDetail,
  TraceFilter,
  TraceItem,
  User,
} from "./types";

interface ErrorBody {
  code?: unknown;
  message?: unknown;
  hint?: unknown;
}

/** A request that the server refused, or that never reached it (`status` 0). */
export class ApiError extends Error {
  override readonly name = "ApiError";

  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly hint: string | null = null,
  ) {
    super(message);
  }
}

/** Address of the application: `<base href>`, so that a server may live below a path prefix. */
export function baseUrl(): string {
  return document.baseURI;
}

type Query = Record<string, string | number | null | undefined>;

function address(path: string, query: Query = {}): URL {
  const url = new URL(`api/v1/${path}`, baseUrl());
  for (const [key, value] of Object.entries(query)) {
    if (value !== undefined && value !== null && value !== "") url.searchParams.set(key, String(value));
  }
  return url;
}

function text(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}

async function readError(response: Response): Promise<ApiError> {
  let body: ErrorBody = {};
  try {
    const parsed: unknown = await response.json();
    if (parsed !== null && typeof parsed === "object") body = parsed;
  } catch {
    // Not JSON: a proxy's page, or nothing. The status line is then all there is to say.
  }
  const message = text(body.message) ?? `The server answered ${response.status} ${response.statusText}`.trim();
  return new ApiError(response.status, text(body.code) ?? "http_error", message, text(body.hint));
}

async function request(url: URL, init: RequestInit): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(url, { credentials: "same-origin", ...init });
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new ApiError(0, "unreachable", "The server could not be reached.", "Check that `spanwise serve` is running.");
  }
  if (!response.ok) throw await readError(response);
  return response;
}

async function get<Body>(path: string, query: Query, signal: AbortSignal | undefined): Promise<Body> {
  const response = await request(address(path, query), {
    headers: { Accept: "application/json" },
    ...(signal ? { signal } : {}),
  });
  return (await response.json()) as Body;
}

function post(path: string, body: unknown): Promise<Response> {
  // A form on another site cannot set this header: it proves that the request comes from this application.
  const headers = { "Content-Type": "application/json", "X-Spanwise-Request": "1" };
  return request(address(path), { method: "POST", headers, body: JSON.stringify(body) });
}

function project(projectId: string): string {
  return `projects/${encodeURIComponent(projectId)}`;
}

export async function login(email: string, password: string): Promise<User> {
  const response = await post("login", { email, password });
  return ((await response.json()) as { user: User }).user;
}

export async function logout(): Promise<void> {
  await post("logout", {});
}

export function getMe(signal?: AbortSignal): Promise<Me> {
  return get("me", {}, signal);
}

export interface PageRequest {
  cursor?: string | null;
  limit?: number;
}

export function listTraces(
  projectId: string,
  filter: TraceFilter,
  page: PageRequest,
  signal?: AbortSignal,
): Promise<Page<TraceItem>> {
  return get(`${project(projectId)}/traces`, { ...filter, ...page }, signal);
}

export function getTrace(projectId: string, id: string, signal?: AbortSignal): Promise<TraceDetail> {
  return get(`${project(projectId)}/trace`, { id }, signal);
}

export function getObservation(
  projectId: string,
  traceId: string,
  id: string,
  signal?: AbortSignal,
): Promise<Observation> {
  return get(`${project(projectId)}/observation`, { trace_id: traceId, id }, signal);
}

export function getSession(
  projectId: string,
  id: string,
  page: PageRequest,
  signal?: AbortSignal,
): Promise<SessionPage> {
  return get(`${project(projectId)}/session`, { id, ...page }, signal);
}

/** A part of a list that goes on after the thing of the id `after`. */
export interface PartRequest {
  after: string | null;
  limit: number;
}

export function listDatasets(projectId: string, part: PartRequest, signal?: AbortSignal): Promise<DatasetPage> {
  return get(`${project(projectId)}/datasets`, { ...part }, signal);
}

export function getDataset(
  projectId: string,
  id: string,
  part: PartRequest,
  signal?: AbortSignal,
): Promise<DatasetDetails> {
  return get(`${project(projectId)}/dataset`, { id, ...part }, signal);
}

/** `id` is any id of the run: its own, or the experiment id that clients compute. */
export function getRun(projectId: string, id: string, part: PartRequest, signal?: AbortSignal): Promise<RunDetails> {
  return get(`${project(projectId)}/dataset-run`, { id, ...part }, signal);
}

export function getRunItem(projectId: string, runId: string, id: string, signal?: AbortSignal): Promise<RunItem> {
  return get(`${project(projectId)}/dataset-run-item`, { run_id: runId, id }, signal);
}

export interface PromptFilter {
  search?: string | undefined;
  tag?: string | undefined;
}

export function listPrompts(
  projectId: string,
  filter: PromptFilter,
  page: { page: number; limit: number },
  signal?: AbortSignal,
): Promise<PromptPage> {
  return get(`${project(projectId)}/prompts`, { ...filter, ...page }, signal);
}

/** Without a version or a label: the newest version. */
export function getPrompt(
  projectId: string,
  name: string,
  which: { version?: string | undefined; label?: string | undefined },
  signal?: AbortSignal,
): Promise<PromptDetails> {
  return get(`${project(projectId)}/prompt`, { name, ...which }, signal);
}
