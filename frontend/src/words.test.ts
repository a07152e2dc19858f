import { expect, it } from "vitest";
import { filled } from "./words";

it("fills in what a sentence leaves open, and leaves what it does not know", () => {
  expect(filled("Photo {number}: {name}", { number: "1", name: "a.jpg" })).toBe("Photo 1: a.jpg");
  expect(filled("{other}", {})).toBe("{other}");
});
