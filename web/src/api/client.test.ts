// @vitest-environment happy-dom
import { beforeEach, describe, expect, it, vi } from "vitest";
import { ApiError, getObservation, getTrace, listTraces, login } from "./client";

const answered = vi.fn<(url: URL, init: RequestInit) => Promise<Response>>();

beforeEach(() => {
  answered.mockReset();
  vi.stubGlobal("fetch", answered);
  return () => vi.unstubAllGlobals();
});

function json(status: number, body: unknown): Response {
  return new Response(JSON.stringify(body), { status, headers: { "Content-Type": "application/json" } });
}

async function failure(promise: Promise<unknown>): Promise<ApiError> {
  const error = await promise.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(error instanceof ApiError)) throw new Error(`expected an ApiError, got ${String(error)}`);
  return error;
}

describe("requests", () => {
  it("keeps ids of any form apart from the address", async () => {
    answered.mockResolvedValue(json(200, {}));
    await getObservation("a/b", "trace&id=x", "ä #1");
    const url = answered.mock.calls[0]?.[0];
    expect(url?.pathname).toBe("/api/v1/projects/a%2Fb/observation");
    expect(Object.fromEntries(url?.searchParams ?? [])).toEqual({ trace_id: "trace&id=x", id: "ä #1" });
  });

  it("leaves out filters that are not set", async () => {
    answered.mockResolvedValue(json(200, { items: [], next_cursor: null }));
    await listTraces("p", { search: "", level: "ERROR" }, { cursor: null, limit: 50 });
    expect(answered.mock.calls[0]?.[0].search).toBe("?level=ERROR&limit=50");
  });

  it("can be cancelled", async () => {
    answered.mockImplementation((_url, init) => {
      return new Promise((_resolve, reject) => {
        init.signal?.addEventListener("abort", () => reject(new DOMException("stop", "AbortError")));
      });
    });
    const controller = new AbortController();
    const request = getTrace("p", "t", controller.signal);
    controller.abort();
    await expect(request).rejects.toMatchObject({ name: "AbortError" });
  });

  it("proves that a change comes from here", async () => {
    answered.mockResolvedValue(json(200, { user: { id: "u", email: "e", name: "n" } }));
    expect(await login("e", "p")).toEqual({ id: "u", email: "e", name: "n" });
    const init = answered.mock.calls[0]?.[1];
    expect(new Headers(init?.headers).get("X-Spanwise-Request")).toBe("1");
    expect(init?.body).toBe('{"email":"e","password":"p"}');
  });
});

describe("errors", () => {
  it("carry the server's code, message and hint", async () => {
    answered.mockResolvedValue(json(404, { code: "not_found", message: "No trace t.", hint: "Look elsewhere." }));
    const error = await failure(getTrace("p", "t"));
    expect({ ...error }).toMatchObject({ status: 404, code: "not_found", hint: "Look elsewhere." });
    expect(error.message).toBe("No trace t.");
  });

  it("make do with a page of a proxy", async () => {
    answered.mockResolvedValue(new Response("<html>", { status: 502, statusText: "Bad Gateway" }));
    expect((await failure(getTrace("p", "t"))).message).toBe("The server answered 502 Bad Gateway");
  });

  it("say when nobody answered", async () => {
    answered.mockRejectedValue(new TypeError("Failed to fetch"));
    expect(await failure(getTrace("p", "t"))).toMatchObject({ status: 0, code: "unreachable" });
  });
});
