import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { resting } from "./live-page";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it("works at once, then once for all that came while it rested", async () => {
  const work = vi.fn(() => Promise.resolve());
  const told = resting(work, 1000);
  for (let n = 0; n < 5; n += 1) told();
  expect(work).toHaveBeenCalledTimes(1);
  await vi.advanceTimersByTimeAsync(999);
  expect(work).toHaveBeenCalledTimes(1);
  await vi.advanceTimersByTimeAsync(2);
  expect(work).toHaveBeenCalledTimes(2);
  await vi.advanceTimersByTimeAsync(5000);
  expect(work).toHaveBeenCalledTimes(2);
});

it("goes on after a failure", async () => {
  const work = vi.fn(() => Promise.reject(new Error("network")));
  const told = resting(work, 10);
  told();
  await vi.advanceTimersByTimeAsync(20);
  told();
  expect(work).toHaveBeenCalledTimes(2);
});
