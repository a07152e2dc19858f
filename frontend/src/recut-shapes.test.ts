import { describe, expect, it } from "vitest";
import type { FeatureCollection, Polygon } from "geojson";
import { asLines, drawable, gridAt, middleOf, outlineText } from "./recut-shapes";

const square = (west: number): Polygon => ({
  type: "Polygon",
  coordinates: [[[west, 29], [west + 1, 29], [west + 1, 30], [west, 30], [west, 29]]],
});
const grids: FeatureCollection = {
  type: "FeatureCollection",
  features: [
    { type: "Feature", properties: { code: "001" }, geometry: square(105) },
    { type: "Feature", properties: { code: "002" }, geometry: { type: "MultiPolygon", coordinates: [square(106).coordinates] } },
  ],
};

describe("places of a plan", () => {
  it("stand one a line, longitude first", () => {
    expect(asLines([[105.123456789, 29.5], [106, 30]])).toBe("105.1234568, 29.5000000\n106.0000000, 30.0000000");
  });

  it("do not repeat the first corner of an outline", () => {
    expect(outlineText(square(105)).split("\n")).toHaveLength(4);
    const holed = { type: "Polygon" as const, coordinates: [...square(105).coordinates, ...square(105).coordinates] };
    expect(JSON.parse(outlineText(holed))).toEqual(holed);
  });

  it("have a middle by length, not by count", () => {
    expect(middleOf([[0, 0], [1, 0], [10, 0]])).toEqual([5, 0]);
    expect(middleOf([[3, 4], [3, 4]])).toEqual([3, 4]);
    expect(middleOf([])).toBeUndefined();
  });

  it("lie in one grid or in none", () => {
    expect(gridAt(grids, [105.5, 29.5])).toBe("001");
    expect(gridAt(grids, [106.5, 29.5])).toBe("002");
    expect(gridAt(grids, [107.5, 29.5])).toBeUndefined();
  });

  it("are rounded to what can be drawn", () => {
    const long: FeatureCollection = {
      type: "FeatureCollection",
      features: [{ type: "Feature", properties: { code: "001" }, geometry: square(105.12345678912345) }],
    };
    expect(drawable(long, "001")?.coordinates[0]?.[0]).toEqual([105.123456789, 29]);
    expect(drawable(grids, "002")).toBeUndefined();
    expect(drawable(grids, "003")).toBeUndefined();
  });
});
