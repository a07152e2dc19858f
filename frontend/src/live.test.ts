import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { GATHER_MS, listen, POLL_MS, SILENCE_MS, type Listening, type LiveState, type Moved } from "./live";

class Source {
  static opened: Source[] = [];
  static get last(): Source {
    const last = Source.opened.at(-1);
    if (last === undefined) throw new Error("no stream was opened");
    return last;
  }
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onerror: (() => void) | null = null;
  closed = false;
  readonly query: URLSearchParams;
  constructor(address: string) {
    this.query = new URL(address).searchParams;
    Source.opened.push(this);
  }
  close(): void {
    this.closed = true;
  }
  say(since: number, cases: Record<string, number> = {}, refetch = false): void {
    this.onmessage?.({ data: said(since, cases, refetch) });
  }
}

function said(since: number, cases: Record<string, number> = {}, refetch = false): string {
  return JSON.stringify({ since, refetch, cases: Object.entries(cases).map(([id, version]) => ({ id, version })) });
}

const scope = {
  stream: "http://live.example/live",
  poll: "/desk/live/",
  renew: "/desk/live/token/",
  token: "first",
  lasts: 300,
  since: 7,
};

let moved: Moved[] = [];
let states: LiveState[] = [];
let asked: string[] = [];
let line: Listening;
let answers: (address: string) => Response;

function begin(over: Partial<typeof scope> = {}): void {
  line = listen({ ...scope, ...over }, (found) => moved.push(found), (state) => states.push(state));
}

beforeEach(() => {
  vi.useFakeTimers();
  Source.opened = [];
  [moved, states, asked] = [[], [], []];
  answers = (address) => new Response(address === scope.renew ? '{"token":"second"}' : said(20, { polled: 1 }));
  vi.stubGlobal("EventSource", Source);
  vi.stubGlobal("fetch", (address: string) => {
    asked.push(address);
    return Promise.resolve(answers(address));
  });
});

afterEach(() => {
  line.stop();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe("the stream", () => {
  it("begins from the page's cursor and gathers what moves", async () => {
    begin();
    expect(Object.fromEntries(Source.last.query)).toEqual({ token: "first", since: "7" });
    Source.last.say(8);
    Source.last.say(9, { a: 1 });
    Source.last.say(10, { a: 2, b: 1 });
    expect(moved).toEqual([]);
    await vi.advanceTimersByTimeAsync(GATHER_MS);
    expect(moved).toEqual([{ cases: new Map([["a", 2], ["b", 1]]), refetch: false }]);
    expect(states).toEqual(["streaming"]);
    expect(line.since).toBe(10);
  });

  it("lets the page read again when something may be missing", async () => {
    begin();
    Source.last.say(8, {}, true);
    await vi.advanceTimersByTimeAsync(GATHER_MS);
    expect(moved).toEqual([{ cases: new Map(), refetch: true }]);
  });

  it("changes over to a new token before the old one ends", async () => {
    begin();
    for (let second = 0; second < 241; second += 15) {
      Source.last.say(9 + second);
      await vi.advanceTimersByTimeAsync(15_000);
    }
    expect(Source.opened.length).toBe(2);
    expect(Source.opened[0]?.closed).toBe(true);
    expect(Source.last.query.get("token")).toBe("second");
    expect(Source.last.query.get("since")).not.toBe("7");
  });
});

describe("when the stream is down", () => {
  it("polls from where it was and comes back with a new token", async () => {
    begin();
    Source.last.say(9);
    Source.last.onerror?.();
    await vi.advanceTimersByTimeAsync(GATHER_MS);
    expect(asked[0]).toBe("/desk/live/?since=9");
    expect(moved).toEqual([{ cases: new Map([["polled", 1]]), refetch: false }]);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(Object.fromEntries(Source.last.query)).toEqual({ token: "second", since: "20" });
    Source.last.say(21);
    const before = asked.length;
    await vi.advanceTimersByTimeAsync(POLL_MS * 2);
    expect(asked.length).toBe(before);
    expect(states).toEqual(["streaming", "polling", "streaming"]);
  });

  it("notices a stream that says nothing any more", async () => {
    begin();
    Source.last.say(9);
    await vi.advanceTimersByTimeAsync(SILENCE_MS);
    expect(states).toEqual(["streaming", "polling"]);
    expect(Source.opened[0]?.closed).toBe(true);
  });

  it("polls on while neither answers", async () => {
    answers = () => new Response("", { status: 503 });
    begin();
    Source.last.onerror?.();
    await vi.advanceTimersByTimeAsync(POLL_MS * 3);
    expect(asked.filter((address) => address.startsWith("/desk/live/?since=7")).length).toBeGreaterThanOrEqual(3);
    expect(moved).toEqual([]);
  });

  it("only polls where there is no live process", async () => {
    begin({ stream: "" });
    await vi.advanceTimersByTimeAsync(POLL_MS + GATHER_MS);
    expect(Source.opened).toEqual([]);
    expect(moved.length).toBe(1);
  });
});

describe("the end", () => {
  it("ends when the person is logged out", async () => {
    answers = () => new Response("", { status: 403 });
    begin();
    Source.last.onerror?.();
    await vi.advanceTimersByTimeAsync(POLL_MS * 10);
    expect(states.at(-1)).toBe("ended");
    expect(asked.length).toBe(1);
  });

  it("ends when the page wants no more", async () => {
    begin();
    Source.last.say(9, { a: 1 });
    line.stop();
    await vi.advanceTimersByTimeAsync(SILENCE_MS * 10);
    expect([Source.last.closed, moved, asked]).toEqual([true, [], []]);
  });
});
