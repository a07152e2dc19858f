// Places as the forms of a plan hold them, and the little geometry that the page needs. No browser needed.
import type { Feature, FeatureCollection, Polygon, Position } from "geojson";

const KEPT = 7; // decimal places of a degree that a form holds: a centimetre

// One place a line: longitude, latitude.
export function asLines(places: readonly Position[]): string {
  return places.map(([lon, lat]) => `${(lon ?? 0).toFixed(KEPT)}, ${(lat ?? 0).toFixed(KEPT)}`).join("\n");
}

// An outline as lines, without the last corner, which is the first again; with holes as GeoJSON.
export function outlineText(shape: Polygon): string {
  const [ring = [], ...holes] = shape.coordinates;
  return holes.length > 0 ? JSON.stringify(shape) : asLines(ring.slice(0, -1));
}

// The place half-way along a line, by the distances between its corners.
export function middleOf(places: readonly Position[]): Position | undefined {
  const steps = places.slice(1).map((place, number) => apart(places[number] as Position, place));
  let left = steps.reduce((sum, step) => sum + step, 0) / 2;
  for (const [number, step] of steps.entries()) {
    const [from, to] = [places[number] as Position, places[number + 1] as Position];
    if (left <= step && step > 0) {
      const share = left / step;
      return [at(from, 0) + (at(to, 0) - at(from, 0)) * share, at(from, 1) + (at(to, 1) - at(from, 1)) * share];
    }
    left -= step;
  }
  return places[0];
}

// The code of the grid that holds a place.
export function gridAt(grids: FeatureCollection, place: Position): string | undefined {
  const found = grids.features.find((grid) => holds(grid, place));
  const code: unknown = found?.properties?.["code"];
  return typeof code === "string" ? code : undefined;
}

// A grid's outline with coordinates as the drawing library takes them: nine decimal places, no multipolygon.
export function drawable(grids: FeatureCollection, code: string): Polygon | undefined {
  const shape = grids.features.find((grid) => grid.properties?.["code"] === code)?.geometry;
  if (shape?.type !== "Polygon") return undefined;
  const rounded = (place: Position): Position => place.slice(0, 2).map((part) => Number(part.toFixed(9)));
  return { type: "Polygon", coordinates: shape.coordinates.map((ring) => ring.map(rounded)) };
}

function holds(grid: Feature, place: Position): boolean {
  const shape = grid.geometry;
  if (shape.type === "Polygon") return inRings(shape.coordinates, place);
  return shape.type === "MultiPolygon" && shape.coordinates.some((rings) => inRings(rings, place));
}

function inRings(rings: readonly Position[][], place: Position): boolean {
  let inside = false;
  for (const ring of rings) {
    for (let one = 0, other = ring.length - 1; one < ring.length; other = one++) {
      const [a, b] = [ring[one] as Position, ring[other] as Position];
      const between = at(a, 1) > at(place, 1) !== at(b, 1) > at(place, 1);
      if (between && at(place, 0) < ((at(b, 0) - at(a, 0)) * (at(place, 1) - at(a, 1))) / (at(b, 1) - at(a, 1)) + at(a, 0)) {
        inside = !inside;
      }
    }
  }
  return inside;
}

function apart(one: Position, other: Position): number {
  return Math.hypot(at(one, 0) - at(other, 0), at(one, 1) - at(other, 1));
}

function at(place: Position, part: 0 | 1): number {
  return place[part] ?? 0;
}
