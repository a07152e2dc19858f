import { expect, test } from "vitest";
import { THEMED, areaLayers, baseStyle } from "./map-style";

const colour = (token: string): string => token;

test("it draws on plain ground where the site has no base map", () => {
  expect(baseStyle(undefined, colour)).toMatchObject({ layers: [{ id: "linli-ground" }] });
  expect(areaLayers(false, colour)[0]?.id).toBe("linli-fill");
});

test("it fills whatever is outlined, also where the district is not on the map", () => {
  expect(areaLayers(false, colour)[0]).not.toHaveProperty("filter");
});

test("it takes a template of tiles or the address of a style", () => {
  const tiles = "https://tiles.example/{z}/{x}/{y}.png";
  expect(baseStyle(tiles, colour)).toMatchObject({ sources: { base: { tiles: [tiles] } } });
  expect(baseStyle("https://tiles.example/style.json", colour)).toBe("https://tiles.example/style.json");
  expect(areaLayers(true, colour).map((layer) => layer.id)).not.toContain("linli-fill");
});

test("every themed property belongs to a layer", () => {
  const known = ["linli-ground", ...areaLayers(false, colour).map((layer) => layer.id)];
  for (const [layer] of THEMED) expect(known).toContain(layer);
});
