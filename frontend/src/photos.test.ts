import { expect, it } from "vitest";
import { asJpeg, fitted } from "./photos";

it("shrinks to the longer edge, upright or not, and never enlarges", () => {
  expect(fitted({ width: 4000, height: 3000 })).toEqual({ width: 1600, height: 1200 });
  expect(fitted({ width: 3000, height: 4000 })).toEqual({ width: 1200, height: 1600 });
  expect(fitted({ width: 640, height: 480 })).toEqual({ width: 640, height: 480 });
  expect(fitted({ width: 9000, height: 1 })).toEqual({ width: 1600, height: 1 });
});

it("names what it made by what it is", () => {
  expect(asJpeg("IMG_1.HEIC")).toBe("IMG_1.jpg");
  expect(asJpeg("门口.照片.png")).toBe("门口.照片.jpg");
  expect(asJpeg(".png")).toBe("photo.jpg");
});
