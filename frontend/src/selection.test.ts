import { expect, it } from "vitest";
import { counted } from "./selection";

it("counts what is there and what is ticked", () => {
  expect(counted([])).toEqual({ all: 0, ticked: 0 });
  expect(counted([{ checked: true }, { checked: false }, { checked: true }])).toEqual({ all: 3, ticked: 2 });
});
