import { describe, expect, it } from "vitest";
import type { Page, TraceItem } from "@/api/types";
import { type Feed, findArrived, flattenFeed, mergeNewest } from "./feed";

function trace(number: number, changes: Partial<TraceItem> = {}): TraceItem {
  return {
    id: `t${number}`,
    timestamp: new Date(Date.UTC(2026, 0, 1) + number * 1000).toISOString(),
    name: "agent",
    user_id: null,
    session_id: null,
    tags: [],
    release: null,
    version: null,
    environment: "default",
    public: false,
    latency_seconds: null,
    total_cost_usd: null,
    usage: {},
    observation_count: 1,
    level_counts: {},
    models: [],
    input_preview: null,
    output_preview: null,
    ...changes,
  };
}

function page(numbers: number[], next: string | null): Page<TraceItem> {
  return { items: numbers.map((number) => trace(number)), next_cursor: next };
}

const FEED: Feed = { pages: [page([9, 8, 7], "c7"), page([6, 5], null)], pageParams: [null, "c7"] };
const ids = (feed: Feed) => flattenFeed(feed).map((item) => item.id);

describe("mergeNewest", () => {
  it("puts new traces on top and keeps the older pages", () => {
    const { feed, arrived } = mergeNewest(FEED, page([11, 10, 9], "c9"));
    expect(arrived).toEqual(["t11", "t10"]);
    expect(ids(feed)).toEqual(["t11", "t10", "t9", "t8", "t7", "t6", "t5"]);
    expect(feed.pageParams).toEqual(FEED.pageParams);
  });

  it("gives known traces their new state where they stand", () => {
    const newest = { items: [trace(9, { observation_count: 4 })], next_cursor: "c9" };
    const { feed, arrived } = mergeNewest(FEED, newest);
    expect(arrived).toEqual([]);
    expect(flattenFeed(feed)[0]?.observation_count).toBe(4);
  });

  it("sorts a late trace to its place", () => {
    const newest = { items: [trace(9), trace(8.5), trace(8)], next_cursor: "c8" };
    expect(ids(mergeNewest(FEED, newest).feed).slice(0, 3)).toEqual(["t9", "t8.5", "t8"]);
  });

  it("starts again when there may be a gap", () => {
    const { feed } = mergeNewest(FEED, page([99, 98, 97], "c97"));
    expect(ids(feed)).toEqual(["t99", "t98", "t97"]);
    expect(feed.pages[0]?.next_cursor).toBe("c97");
  });

  it("fills an empty list", () => {
    const { feed } = mergeNewest({ pages: [page([], null)], pageParams: [null] }, page([1], null));
    expect(ids(feed)).toEqual(["t1"]);
  });

  it("counts what waits without changing anything", () => {
    expect(findArrived(FEED, page([10, 9], "c9"))).toEqual(["t10"]);
    expect(ids(FEED)).toHaveLength(5);
  });

  it("shows a trace once that two pages hold", () => {
    const moved: Feed = { pages: [page([9, 8], "c8"), page([8, 7], null)], pageParams: [null, "c8"] };
    expect(ids(moved)).toEqual(["t9", "t8", "t7"]);
  });
});
