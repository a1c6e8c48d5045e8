import { describe, expect, it } from "vitest";
import type { ObservationItem } from "@/api/types";
import { barOf, labelSide } from "./timeline";
import { buildTree, findNodes, moveInTree, parentIds, visibleNodes } from "./tree";

const START = Date.UTC(2026, 1, 14);

function observation(id: string, parent: string | null, changes: Partial<ObservationItem> = {}): ObservationItem {
  return {
    id,
    parent_id: parent,
    type: "SPAN",
    name: id,
    start_time: new Date(START).toISOString(),
    end_time: new Date(START + 1000).toISOString(),
    completion_start_time: null,
    level: "DEFAULT",
    status_message: null,
    model: null,
    model_parameters: null,
    usage: {},
    cost_usd: {},
    total_cost_usd: null,
    latency_seconds: 1,
    time_to_first_token_seconds: null,
    prompt_name: null,
    prompt_version: null,
    environment: "default",
    version: null,
    is_root: parent === null,
    called_tool_names: [],
    truncated: [],
    ...changes,
  };
}

const at = (millis: number) => ({ start_time: new Date(START + millis).toISOString() });
const ids = (nodes: { observation: ObservationItem }[]) => nodes.map((node) => node.observation.id);

/** root → (b → (d), c), and the orphan x. Given child first, as exporters send them. */
const SAMPLE = [
  observation("d", "b", { ...at(30), total_cost_usd: 2, level: "ERROR" }),
  observation("c", "root", { ...at(40), total_cost_usd: 3 }),
  observation("b", "root", at(20)),
  observation("x", "never-sent", at(50)),
  observation("root", null, at(10)),
];

describe("buildTree", () => {
  it("orders parents before children and siblings by time", () => {
    const tree = buildTree(SAMPLE);
    expect(ids(tree.ordered)).toEqual(["root", "b", "d", "c", "x"]);
    expect(tree.ordered.map((node) => node.depth)).toEqual([0, 1, 2, 1, 0]);
  });

  it("keeps observations whose parent is not there, and says so", () => {
    const tree = buildTree(SAMPLE);
    expect(tree.byId.get("x")).toMatchObject({ isOrphan: true, depth: 0 });
    expect(tree.byId.get("root")?.isOrphan).toBe(false);
  });

  it("adds up cost, errors and size below each node", () => {
    const root = buildTree(SAMPLE).byId.get("root");
    expect(root).toMatchObject({ subtreeCost: 5, subtreeErrors: 1, descendants: 3 });
    expect(buildTree(SAMPLE).byId.get("x")?.subtreeCost).toBeNull();
  });

  it.each([
    ["itself", [observation("a", "a")]],
    ["each other", [observation("a", "b"), observation("b", "a"), observation("c", "b")]],
  ])("shows every observation when parents point at %s", (_name, circle) => {
    const tree = buildTree(circle);
    expect(ids(tree.ordered).sort()).toEqual(ids(circle.map((item) => ({ observation: item }))).sort());
    expect(tree.roots).toHaveLength(1);
  });

  it("takes a chain of 50,000 without exhausting the stack", () => {
    const chain = Array.from({ length: 50_000 }, (_, index) =>
      observation(String(index), index === 0 ? null : String(index - 1), at(index)),
    );
    const tree = buildTree(chain);
    expect(tree.ordered).toHaveLength(50_000);
    expect(tree.ordered.at(-1)?.depth).toBe(49_999);
  });

  it("is empty for an empty trace", () => {
    expect(buildTree([])).toMatchObject({ ordered: [], start: 0, end: 0 });
  });
});

describe("visibleNodes and findNodes", () => {
  const tree = buildTree(SAMPLE);

  it("hides what is below a collapsed node", () => {
    expect(ids(visibleNodes(tree, new Set(["b"]), null))).toEqual(["root", "b", "c", "x"]);
    expect(ids(visibleNodes(tree, parentIds(tree), null))).toEqual(["root", "x"]);
  });

  it("shows matches with the way to them, also inside collapsed nodes", () => {
    const found = findNodes(tree, "D");
    expect([...(found?.matches ?? [])]).toEqual(["d"]);
    expect(ids(visibleNodes(tree, parentIds(tree), found?.withPath ?? null))).toEqual(["root", "b", "d"]);
  });

  it("finds by level", () => {
    expect([...(findNodes(tree, "is:error")?.matches ?? [])]).toEqual(["d"]);
    expect(findNodes(tree, "  ")).toBeNull();
  });
});

describe("moveInTree", () => {
  const tree = buildTree(SAMPLE);
  const rows = tree.ordered;
  const none = new Set<string>();

  it.each([
    ["ArrowDown", null, { select: "root" }],
    ["ArrowDown", "x", { select: "x" }],
    ["ArrowUp", "root", { select: null }],
    ["ArrowUp", null, { select: null }],
    ["End", null, { select: "x" }],
    ["Home", "c", { select: null }],
    ["PageDown", "root", { select: "x" }],
    ["ArrowRight", null, { select: "root" }],
    ["ArrowRight", "root", { select: "b" }],
    ["ArrowRight", "d", null],
    ["ArrowLeft", "d", { select: "b" }],
    ["ArrowLeft", "b", { toggle: "b" }],
    ["ArrowLeft", "x", { select: null }],
    ["Tab", "b", null],
  ])("%s from %s", (key, from, move) => {
    expect(moveInTree(key, rows, from, none)).toEqual(move);
  });

  it("opens a closed node before it goes inside, and leaves a closed one upwards", () => {
    const collapsed = new Set(["b"]);
    const shown = visibleNodes(tree, collapsed, null);
    expect(moveInTree("ArrowRight", shown, "b", collapsed)).toEqual({ toggle: "b" });
    expect(moveInTree("ArrowLeft", shown, "b", collapsed)).toEqual({ select: "root" });
  });
});

describe("barOf", () => {
  it("places a bar by its share of the trace", () => {
    const tree = buildTree([
      observation("a", null, { end_time: new Date(START + 4000).toISOString() }),
      observation("b", "a", {
        ...at(1000),
        end_time: new Date(START + 3000).toISOString(),
        completion_start_time: new Date(START + 1500).toISOString(),
      }),
    ]);
    const node = tree.byId.get("b");
    expect(node && barOf(node, tree)).toEqual({ left: 0.25, width: 0.5, wait: 0.25, isPoint: false, isOpen: false });
  });

  it("draws an event as a point and what has no end to the end", () => {
    const tree = buildTree([
      observation("a", null),
      observation("event", "a", { ...at(500), end_time: null, type: "EVENT" }),
      observation("open", "a", { ...at(500), end_time: null }),
    ]);
    const bars = ["event", "open"].map((id) => {
      const node = tree.byId.get(id);
      return node && barOf(node, tree);
    });
    expect(bars).toMatchObject([
      { isPoint: true, isOpen: false },
      { isPoint: false, isOpen: true, left: 0.5, width: 0.5 },
    ]);
  });

  it("survives a trace without any length", () => {
    const tree = buildTree([observation("a", null, { end_time: null })]);
    const [node] = tree.ordered;
    expect(node && barOf(node, tree)).toMatchObject({ left: 0, isPoint: true });
  });

  it("writes the length where there is room", () => {
    const bar = { wait: 0, isPoint: false, isOpen: false };
    expect(labelSide({ ...bar, left: 0, width: 0.2 })).toBe("end");
    expect(labelSide({ ...bar, left: 0.7, width: 0.25 })).toBe("start");
    expect(labelSide({ ...bar, left: 0, width: 1 })).toBe("inside");
  });
});
