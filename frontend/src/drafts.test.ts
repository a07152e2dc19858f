import { expect, it } from "vitest";
import { type Draft, fate, KEPT_MS, type Seen } from "./drafts";

const draft: Draft = { who: "7", at: 1_000, state: "typed", entries: [["reason", "words"]] };
const seen: Seen = { who: "7", now: 2_000, unsent: false, form: "fresh", arrived: false };

it("puts back what was typed and never sent, wherever its form is seen again", () => {
  expect(fate(draft, seen)).toBe("restore");
  expect(fate(draft, { ...seen, form: "none" })).toBe("keep");
});

it("forgets what has arrived", () => {
  const sent: Draft = { ...draft, state: "sent" };
  for (const form of ["none", "fresh", "returned"] as const) expect(fate(sent, { ...seen, form, arrived: true })).toBe("drop");
  expect(fate(draft, { ...seen, arrived: true, form: "none" })).toBe("keep"); // another form's answer
});

it("keeps what met a login or a fault, and puts it back afterwards", () => {
  expect(fate({ ...draft, state: "sent" }, { ...seen, unsent: true, form: "none", who: "" })).toBe("keep");
  expect(fate({ ...draft, state: "held" }, seen)).toBe("restore");
});

it("puts back what was sent into nothing: no page ever said that it arrived", () => {
  const sent: Draft = { ...draft, state: "sent" };
  expect(fate(sent, seen)).toBe("restore");
  expect(fate(sent, { ...seen, form: "none" })).toBe("keep");
  expect(fate(sent, { ...seen, form: "returned" })).toBe("drop"); // the page itself holds it
});

it("shows nobody what somebody else had typed, and nothing after hours", () => {
  expect(fate(draft, { ...seen, who: "8" })).toBe("drop");
  expect(fate(draft, { ...seen, now: 1_000 + KEPT_MS + 1 })).toBe("drop");
  expect(fate({ ...draft, state: "held" }, { ...seen, now: 1_000 + KEPT_MS + 1, unsent: true })).toBe("drop");
});
