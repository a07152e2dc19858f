import { expect, it } from "vitest";
import { joined } from "./answers";

it("fills an empty field and keeps what somebody typed", () => {
  expect(joined("", "Dear resident")).toBe("Dear resident");
  expect(joined(" \n", "Dear resident")).toBe("Dear resident");
  expect(joined("I was there.  ", "Dear resident")).toBe("I was there.\nDear resident");
});
