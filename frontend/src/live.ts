// Live updates: says which cases moved. Streams while it can, polls while it can't, and never touches the page itself.
//
// What a page gets from the server (`live_scope`, src/linli/site/live/offering.py) goes in; sets of moved cases come
// out, gathered for a quarter of a second. `refetch` means that something may have been missed: read everything again.

export interface LiveScope {
  readonly stream: string; // empty: there is no live process, the page polls
  readonly poll: string;
  readonly renew: string;
  readonly token: string;
  readonly lasts: number; // seconds that the token is good for
  readonly since: number;
}

export interface Moved {
  readonly cases: ReadonlyMap<string, number>; // id -> version
  readonly refetch: boolean;
}

// "ended": the person is logged out or holds no post any more; nothing will come.
export type LiveState = "streaming" | "polling" | "ended";

export interface Listening {
  readonly since: number; // the cursor to go on from with a new `listen`
  stop(): void;
}

interface Answer {
  readonly since: number;
  readonly refetch: boolean;
  readonly cases: ReadonlyMap<string, number>;
}

type Timer = ReturnType<typeof setTimeout>;

export const GATHER_MS = 250;
export const POLL_MS = 10_000;
export const SILENCE_MS = 45_000; // three signs of life of the server
export const RETRY_MS = 1_000; // doubles with each failure
export const LONGEST_RETRY_MS = 60_000;
const RENEW_AT = 0.8; // of the token's life

export function listen(
  scope: LiveScope,
  onMoved: (moved: Moved) => void,
  onState: (state: LiveState) => void = () => undefined,
): Listening {
  const line = new Line(scope, onMoved, onState);
  line.begin();
  return line;
}

class Line implements Listening {
  since: number;
  private token: string;
  private readonly address: LiveScope;
  private readonly onMoved: (moved: Moved) => void;
  private readonly onState: (state: LiveState) => void;
  private source: EventSource | null = null;
  private state: LiveState | null = null;
  private failures = 0;
  private waiting = new Map<string, number>();
  private refetch = false;
  private readonly timers = new Map<string, Timer>();

  constructor(scope: LiveScope, onMoved: (moved: Moved) => void, onState: (state: LiveState) => void) {
    this.address = scope;
    this.since = scope.since;
    this.token = scope.token;
    this.onMoved = onMoved;
    this.onState = onState;
  }

  begin(): void {
    if (this.address.stream === "") {
      this.beginPolling(POLL_MS);
      return;
    }
    this.after("renew", this.address.lasts * 1000 * RENEW_AT, () => void this.changeOver());
    this.open();
  }

  stop(): void {
    for (const timer of this.timers.values()) clearTimeout(timer);
    this.timers.clear();
    this.source?.close();
    this.source = null;
    this.state = "ended";
  }

  // --- the stream

  private open(): void {
    this.source?.close();
    const query = new URLSearchParams({ token: this.token, since: String(this.since) });
    const source = new EventSource(`${this.address.stream}?${query.toString()}`);
    this.source = source;
    this.after("silence", SILENCE_MS, () => this.lost(source));
    source.onmessage = (event: MessageEvent<unknown>) => this.hear(source, event.data);
    // The browser would connect again by itself, with the address as it was: an old token and, at first, an old cursor.
    source.onerror = () => this.lost(source);
  }

  private hear(source: EventSource, data: unknown): void {
    if (source !== this.source) return;
    const answer = typeof data === "string" ? answerOf(data) : null;
    if (answer === null) {
      this.lost(source);
      return;
    }
    this.failures = 0;
    this.cancel("poll");
    this.enter("streaming");
    this.after("silence", SILENCE_MS, () => this.lost(source));
    this.take(answer);
  }

  private lost(source: EventSource): void {
    if (source !== this.source) return;
    source.close();
    this.source = null;
    this.cancel("silence");
    this.beginPolling(0);
    const wait = Math.min(LONGEST_RETRY_MS, RETRY_MS * 2 ** this.failures);
    this.failures += 1;
    // Half of it by chance, so that not every page comes back in the same moment after a restart.
    this.after("again", wait * (0.5 + Math.random() / 2), () => void this.changeOver());
  }

  // A new token, then a stream from where this one is. Without a token the old stream or the poll goes on.
  private async changeOver(): Promise<void> {
    const token = tokenOf(await this.ask(this.address.renew));
    if (this.state === "ended") return;
    this.cancel("again");
    if (token !== null) {
      this.token = token;
      this.after("renew", this.address.lasts * 1000 * RENEW_AT, () => void this.changeOver());
      this.open();
      return;
    }
    this.after("again", LONGEST_RETRY_MS, () => void this.changeOver());
  }

  // --- the poll

  private beginPolling(wait: number): void {
    this.enter("polling");
    this.after("poll", wait, () => void this.poll());
  }

  private async poll(): Promise<void> {
    const text = await this.ask(`${this.address.poll}?since=${this.since}`);
    if (this.state !== "polling") return; // the stream came back meanwhile and tells it itself
    const answer = text === null ? null : answerOf(text);
    if (answer !== null) this.take(answer);
    this.after("poll", POLL_MS, () => void this.poll());
  }

  // The answer's text; null when there is none now. A redirect leads to the login page: then it is over.
  private async ask(address: string): Promise<string | null> {
    try {
      const response = await fetch(address, {
        credentials: "same-origin",
        redirect: "manual",
        headers: { Accept: "application/json" },
      });
      if (response.type === "opaqueredirect" || response.status === 401 || response.status === 403) {
        if (this.state !== "ended") {
          this.enter("ended");
          this.stop();
        }
        return null;
      }
      return response.ok ? await response.text() : null;
    } catch {
      return null;
    }
  }

  // --- what is told

  private take(answer: Answer): void {
    this.since = answer.since;
    for (const [id, version] of answer.cases) this.waiting.set(id, version);
    this.refetch = this.refetch || answer.refetch;
    if ((this.waiting.size > 0 || this.refetch) && !this.timers.has("gather")) {
      this.after("gather", GATHER_MS, () => this.tell());
    }
  }

  private tell(): void {
    const moved: Moved = { cases: this.waiting, refetch: this.refetch };
    this.waiting = new Map();
    this.refetch = false;
    this.onMoved(moved);
  }

  private enter(state: LiveState): void {
    if (state === this.state) return;
    this.state = state;
    this.onState(state);
  }

  private after(name: string, wait: number, deed: () => void): void {
    this.cancel(name);
    this.timers.set(
      name,
      setTimeout(() => {
        this.timers.delete(name);
        deed();
      }, wait),
    );
  }

  private cancel(name: string): void {
    const timer = this.timers.get(name);
    if (timer !== undefined) clearTimeout(timer);
    this.timers.delete(name);
  }
}

function parsed(text: string): Record<string, unknown> | null {
  try {
    const found: unknown = JSON.parse(text);
    return isRecord(found) ? found : null;
  } catch {
    return null;
  }
}

function isRecord(found: unknown): found is Record<string, unknown> {
  return typeof found === "object" && found !== null && !Array.isArray(found);
}

function answerOf(text: string): Answer | null {
  const found = parsed(text);
  if (found === null) return null;
  const { since, refetch, cases } = found;
  if (typeof since !== "number" || typeof refetch !== "boolean" || !Array.isArray(cases)) return null;
  const named = new Map<string, number>();
  for (const one of cases as unknown[]) {
    if (!isRecord(one)) return null;
    const { id, version } = one;
    if (typeof id !== "string" || typeof version !== "number") return null;
    named.set(id, version);
  }
  return { since, refetch, cases: named };
}

function tokenOf(text: string | null): string | null {
  const token = text === null ? undefined : parsed(text)?.["token"];
  return typeof token === "string" ? token : null;
}
