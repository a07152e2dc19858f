import { expect, test } from "vitest";
import { shownOf } from "./questions";

const asked = [
  { name: "answer.hurt", when: "", values: [] },
  { name: "answer.count", when: "answer.hurt", values: ["yes"] },
  { name: "answer.where", when: "answer.count", values: ["1"] },
];

test("a question without a condition is always up", () => {
  expect([...shownOf(asked, new Map())]).toEqual(["answer.hurt"]);
});

test("a question comes up with the answer that calls for it", () => {
  expect(shownOf(asked, new Map([["answer.hurt", ["yes"]]])).has("answer.count")).toBe(true);
  expect(shownOf(asked, new Map([["answer.hurt", ["no"]]])).has("answer.count")).toBe(false);
});

test("what hangs on a hidden question stays hidden, whatever stands in it", () => {
  const answers = new Map([["answer.hurt", ["no"]], ["answer.count", ["1"]]]);
  expect(shownOf(asked, answers).has("answer.where")).toBe(false);
});
