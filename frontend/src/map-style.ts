// What a map looks like before anything is put on it: our own outlines, on a base map where one is set. No browser needed.
import type { LayerSpecification, StyleSpecification } from "maplibre-gl";

export type Bounds = [west: number, south: number, east: number, north: number];
export type Colour = (token: string) => string;

export const AREAS = "linli-areas";
// The property of each layer that follows the theme, with its token.
export const THEMED = [
  ["linli-ground", "background-color", "--ln-ground"],
  ["linli-fill", "fill-color", "--ln-paper"],
  ["linli-communities", "line-color", "--ln-line"],
  ["linli-towns", "line-color", "--ln-strong-line"],
  ["linli-district", "line-color", "--ln-accent"],
  ["linli-town-names", "text-color", "--ln-ink"],
  ["linli-town-names", "text-halo-color", "--ln-paper"],
  ["linli-community-names", "text-color", "--ln-quiet"],
  ["linli-community-names", "text-halo-color", "--ln-paper"],
] as const;

// The style a map begins with: none, a raster template such as https://tiles.example/{z}/{x}/{y}.png, or a style's address.
export function baseStyle(styleUrl: string | undefined, colour: Colour): StyleSpecification | string {
  if (styleUrl && !styleUrl.includes("{z}")) return styleUrl;
  const empty: StyleSpecification = { version: 8, sources: {}, layers: [] };
  if (!styleUrl) {
    const ground = { "background-color": colour("--ln-ground") };
    return { ...empty, layers: [{ id: "linli-ground", type: "background", paint: ground }] };
  }
  return {
    ...empty,
    sources: { base: { type: "raster", tiles: [styleUrl], tileSize: 256 } },
    layers: [{ id: "base", type: "raster", source: "base" }],
  };
}

// Outlines of district, towns, communities and grids, with their names; the ground is filled only where no base map shows: every
// area, because the map of a community does not hold the district.
export function areaLayers(hasBase: boolean, colour: Colour): LayerSpecification[] {
  const fill: LayerSpecification[] = hasBase
    ? []
    : [{ id: "linli-fill", type: "fill", source: AREAS, paint: { "fill-color": colour("--ln-paper") } }];
  return [
    ...fill,
    line("linli-communities", kinds("community", "grid"), colour("--ln-line"), 1),
    line("linli-towns", kinds("town"), colour("--ln-strong-line"), 1.5),
    line("linli-district", kinds("district"), colour("--ln-accent"), 2.5),
    names("linli-community-names", kinds("community", "grid"), 12.5, 13, colour("--ln-quiet"), colour("--ln-paper")),
    names("linli-town-names", kinds("town"), 0, 15, colour("--ln-ink"), colour("--ln-paper")),
  ];
}

function kinds(...wanted: string[]): ["in", ["get", string], ["literal", string[]]] {
  return ["in", ["get", "kind"], ["literal", wanted]];
}

function line(id: string, filter: ReturnType<typeof kinds>, colour: string, width: number): LayerSpecification {
  return { id, type: "line", source: AREAS, filter, paint: { "line-color": colour, "line-width": width } };
}

function names(
  id: string,
  filter: ReturnType<typeof kinds>,
  minzoom: number,
  size: number,
  colour: string,
  halo: string,
): LayerSpecification {
  return {
    id,
    type: "symbol",
    source: AREAS,
    filter,
    minzoom,
    layout: { "text-field": ["get", "name"], "text-size": size, "text-padding": 4 },
    paint: { "text-color": colour, "text-halo-color": halo, "text-halo-width": 1.5 },
  };
}
