import { expect, it } from "vitest";
import { LARGEST, SMALLEST, discs } from "./board-numbers";

it("draws the largest number largest and leaves out what has none", () => {
  const found = discs({
    a: { name: "A", open: 100, late: 25, hurried: 0 },
    b: { name: "B", open: 1, late: 1, hurried: 0 },
    c: { name: "C", open: 0, late: 0, hurried: 0 },
  });
  expect(found.map((disc) => disc.code)).toEqual(["a", "b"]);
  expect(found[0]?.radius).toBe(LARGEST);
  expect(found[1]?.radius).toBeGreaterThan(SMALLEST);
  expect(found.map((disc) => disc.lateShare)).toEqual([0.25, 1]);
});

it("has nothing to draw where nothing is open", () => {
  expect(discs({})).toEqual([]);
});
