/** The JSON shapes of the native API under `/api/v1`, in the words of the wire. Nothing is converted here. */

export interface User {
  id: string;
  email: string;
  name: string;
}

export interface Project {
  id: string;
  name: string;
  role: string;
  organization: { id: string; name: string };
}

export interface Me {
  user: User;
  projects: Project[];
  version: string;
}

export const LEVELS = ["DEBUG", "DEFAULT", "WARNING", "ERROR"] as const;
export type Level = (typeof LEVELS)[number];

/** One row of the list of traces. Times are ISO 8601 with microseconds and `Z`. */
export interface TraceItem {
  id: string;
  timestamp: string;
  name: string | null;
  user_id: string | null;
  session_id: string | null;
  tags: string[];
  release: string | null;
  version: string | null;
  environment: string;
  public: boolean;
  latency_seconds: number | null;
  total_cost_usd: number | null;
  usage: Record<string, number>;
  observation_count: number;
  level_counts: Partial<Record<Level, number>>;
  models: string[];
  input_preview: string | null;
  output_preview: string | null;
}

export interface Page<Item> {
  items: Item[];
  next_cursor: string | null;
}

export interface SessionPage extends Page<TraceItem> {
  id: string;
  created_at: string;
}

export interface ObservationItem {
  id: string;
  parent_id: string | null;
  type: string;
  name: string | null;
  start_time: string;
  end_time: string | null;
  completion_start_time: string | null;
  level: Level;
  status_message: string | null;
  model: string | null;
  model_parameters: Record<string, unknown> | null;
  usage: Record<string, number>;
  cost_usd: Record<string, number>;
  total_cost_usd: number | null;
  latency_seconds: number | null;
  time_to_first_token_seconds: number | null;
  prompt_name: string | null;
  prompt_version: number | null;
  environment: string;
  version: string | null;
  is_root: boolean;
  called_tool_names: string[];
  truncated: string[];
}

export interface SpanEvent {
  name: string;
  time: string;
  attributes: Record<string, unknown>;
}

export interface Observation extends ObservationItem {
  trace_id: string;
  /** Payload text: JSON when it parses as JSON, else plain text. */
  input: string | null;
  output: string | null;
  metadata: Record<string, unknown>;
  span_events: SpanEvent[];
  span_links: Record<string, unknown>[];
  user_id: string | null;
  session_id: string | null;
  tags: string[];
  sdk_name: string | null;
  sdk_version: string | null;
  source: string;
}

export interface ScoreItem {
  id: string;
  name: string;
  timestamp: string;
  source: string;
  data_type: string;
  value: number | boolean | string | null;
  comment: string | null;
  trace_id: string | null;
  observation_id: string | null;
  session_id: string | null;
  author_user_id: string | null;
  metadata: Record<string, unknown>;
}

export interface Trace extends TraceItem {
  metadata: Record<string, unknown>;
  input: string | null;
  output: string | null;
  created_at: string;
  updated_at: string;
}

export interface TraceDetail {
  trace: Trace;
  observations: ObservationItem[];
  scores: ScoreItem[];
}

/** What the list of traces can be narrowed by. Absent and empty mean "any". */
export interface TraceFilter {
  search?: string;
  name?: string;
  user_id?: string;
  session_id?: string;
  environment?: string;
  tag?: string;
  level?: string;
  since?: string;
  until?: string;
}

export interface Dataset {
  id: string;
  name: string;
  description: string | null;
  metadata: unknown;
  input_schema: unknown;
  expected_output_schema: unknown;
  /** Active items. */
  item_count: number;
  created_at: string;
  updated_at: string;
}

/** All scores of one name and data type. `mean` is null where there are only words; `values` counts those. */
export interface ScoreSummary {
  name: string;
  data_type: string;
  count: number;
  mean: number | null;
  values: Record<string, number>;
}

/** One pass over a dataset, or over data of the program's own; in numbers. */
export interface Run {
  id: string;
  /** Every id by which clients may know it. */
  ids: string[];
  name: string;
  dataset_id: string | null;
  description: string | null;
  metadata: unknown;
  start_time: string;
  end_time: string;
  item_count: number;
  error_count: number;
  average_latency_seconds: number | null;
  total_cost_usd: number;
  scores: ScoreSummary[];
}

/** What the lists of datasets, runs and items end with: where to go on. */
export interface Continued {
  next_after: string | null;
}

export interface DatasetPage extends Continued {
  items: Dataset[];
}

export interface DatasetDetails extends Continued {
  dataset: Dataset;
  runs: Run[];
  run_count: number;
}

export interface RunItem {
  id: string;
  dataset_item_id: string;
  trace_id: string;
  observation_id: string | null;
  created_at: string;
  latency_seconds: number | null;
  total_cost_usd: number | null;
  error_count: number;
  /** Payload text: JSON when it parses as JSON, else plain text. */
  input: string | null;
  output: string | null;
  expected_output: string | null;
  /** The payloads of which there is more than a page of items brings. */
  cut: string[];
  scores: ScoreItem[];
}

export interface RunDetails extends Continued {
  run: Run;
  dataset: Dataset | null;
  items: RunItem[];
}

export interface PromptItem {
  name: string;
  type: string;
  versions: number[];
  labels: string[];
  tags: string[];
  updated_at: string;
}

export interface PromptPage {
  items: PromptItem[];
  total: number;
}

export interface PromptVersionItem {
  id: string;
  version: number;
  labels: string[];
  commit_message: string | null;
  created_by: string;
  created_at: string;
  updated_at: string;
}

export interface Prompt extends PromptVersionItem {
  name: string;
  /** `text` or `chat`. */
  type: string;
  tags: string[];
  config: unknown;
  content: unknown;
  /** With references to other prompts replaced; null when they cannot be. */
  resolved_content: unknown;
  resolution_error: string | null;
}

export interface PromptDetails {
  prompt: Prompt;
  versions: PromptVersionItem[];
}
