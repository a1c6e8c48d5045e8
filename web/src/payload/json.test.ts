import { describe, expect, it } from "vitest";
import { parseLoosely, parsePayload, summarize } from "./json";

describe("parsePayload", () => {
  it.each([
    ["plain text", "plain text"],
    ["[not json", "[not json"],
    ["true story", "true story"],
    ['{"a": 1', '{"a": 1'],
    ["", ""],
  ])("takes %j for text", (text, value) => {
    expect(parsePayload(text)).toEqual({ text, isJson: false, value });
  });

  it.each([
    ['{"a": [1, null]}', { a: [1, null] }],
    ['"quoted"', "quoted"],
    [" 12.50 ", 12.5],
    ["null", null],
  ])("reads %j as JSON", (text, value) => {
    expect(parsePayload(text)).toEqual({ text, isJson: true, value });
  });

  it("reads tool arguments inside a text, and leaves other texts alone", () => {
    expect(parseLoosely('{"a": 1}')).toEqual({ a: 1 });
    expect(parseLoosely("{a}")).toBe("{a}");
    expect(parseLoosely("12")).toBe("12");
  });

  it("says what a container holds", () => {
    expect([summarize([1, 2]), summarize([1]), summarize({ a: 1 }), summarize({})]).toEqual([
      "[2 items]",
      "[1 item]",
      "{1 key}",
      "{0 keys}",
    ]);
  });
});
