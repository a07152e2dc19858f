import { describe, expect, it } from "vitest";
import { meaning } from "./shortcuts";

describe("keys of the desk", () => {
  it.each([
    ["j", "next"],
    ["k", "previous"],
    ["x", "tick"],
    ["o", "open"],
    ["/", "search"],
    ["?", "help"],
    ["a", "action"],
    ["Enter", "none"],
    ["A", "none"],
  ])("%s means %s", (key, step) => {
    expect(meaning(key, false, false)).toBe(step);
  });

  it("means nothing while somebody types, or with a modifier", () => {
    expect(meaning("j", true, false)).toBe("none");
    expect(meaning("a", false, true)).toBe("none");
  });
});
