// The board: draws the numbers on the map, and reads page and numbers again when cases have moved.
import type { Feature, FeatureCollection, Point as GeoPoint, Position } from "geojson";
import type { GeoJSONSource } from "maplibre-gl";
import { LARGEST, type Numbers, SMALLEST, discs } from "./board-numbers";
import { resting } from "./live-page";
import type { LinliMap } from "./map";
import { fetchPart, isLeft } from "./pane";

const DISCS = "board-discs";
const NAME_SIZE = 13;
const board = document.querySelector<HTMLElement>("[data-board]");
if (board !== null) void begin(board);

async function begin(board: HTMLElement): Promise<void> {
  const redraw = await drawn(board);
  const refresh = async (): Promise<void> => {
    const found = await fetchPart(new Request(window.location.href), "#board");
    if (isLeft(found)) return;
    for (const fresh of found.nodes.at(-1)?.querySelectorAll("[data-fresh]") ?? []) {
      board.querySelector(`[data-fresh="${fresh.getAttribute("data-fresh")}"]`)?.replaceWith(fresh);
    }
    await redraw();
  };
  document.addEventListener("linli:moved", resting(refresh));
}

// The map with its discs; answers with the way to draw them anew. Without a map the tables say it all.
async function drawn(board: HTMLElement): Promise<() => Promise<void>> {
  const container = board.querySelector<HTMLElement>("[data-board-map]");
  const nothing = (): Promise<void> => Promise.resolve();
  if (container === null) return nothing;
  try {
    const { colour, createMap } = await import("./map");
    const areasUrl = board.dataset["areas"] ?? "";
    container.replaceChildren();
    const map = await createMap(container, { areasUrl });
    const middles = await middlesOf(areasUrl);
    map.addSource(DISCS, { type: "geojson", data: collection([]) });
    map.addLayer({
      id: "board-discs",
      type: "circle",
      source: DISCS,
      paint: {
        "circle-radius": ["get", "radius"],
        "circle-color": ["interpolate", ["linear"], ["get", "late"], 0, colour("--ln-accent"), 1, colour("--ln-danger")],
        "circle-opacity": 0.85,
        "circle-stroke-width": 2,
        "circle-stroke-color": colour("--ln-paper"),
      },
    });
    map.addLayer({
      id: "board-numbers",
      type: "symbol",
      source: DISCS,
      layout: { "text-field": ["get", "label"], "text-size": 14, "text-allow-overlap": true },
      paint: { "text-color": colour("--ln-on-accent") },
    });
    for (const id of ["linli-town-names", "linli-community-names"]) {
      if (map.getLayer(id)) map.setLayoutProperty(id, "visibility", "none"); // the discs would lie over them
    }
    map.addLayer({
      id: "board-names",
      type: "symbol",
      source: DISCS,
      layout: {
        "text-field": ["get", "name"],
        "text-size": NAME_SIZE,
        "text-anchor": "top",
        "text-offset": ["interpolate", ["linear"], ["get", "radius"], SMALLEST, below(SMALLEST), LARGEST, below(LARGEST)],
      },
      paint: { "text-color": colour("--ln-ink"), "text-halo-color": colour("--ln-paper"), "text-halo-width": 1.5 },
    });
    opensOnClick(map);
    const redraw = async (): Promise<void> => {
      const answer = await fetch(board.dataset["numbers"] ?? "", { credentials: "same-origin" });
      if (!answer.ok) return;
      const { areas } = (await answer.json()) as { areas: Record<string, Numbers> };
      (map.getSource(DISCS) as GeoJSONSource).setData(collection(placed(areas, middles)));
    };
    await redraw();
    return redraw;
  } catch {
    container.hidden = true;
    return nothing;
  }
}

// Just below a disc of that radius, in ems of the name.
function below(radius: number): ["literal", [number, number]] {
  return ["literal", [0, (radius + 3) / NAME_SIZE]];
}

function placed(areas: Record<string, Numbers>, middles: ReadonlyMap<string, Position>): Feature<GeoPoint>[] {
  const found: Feature<GeoPoint>[] = [];
  for (const disc of discs(areas)) {
    const coordinates = middles.get(disc.code);
    if (coordinates === undefined) continue;
    const properties = { code: disc.code, label: disc.label, name: disc.name, radius: disc.radius, late: disc.lateShare };
    found.push({ type: "Feature", geometry: { type: "Point", coordinates }, properties });
  }
  return found;
}

function collection(features: Feature<GeoPoint>[]): FeatureCollection<GeoPoint> {
  return { type: "FeatureCollection", features };
}

// The middle of each outline's box: the browser has the outlines in its cache already.
async function middlesOf(areasUrl: string): Promise<Map<string, Position>> {
  const answer = await fetch(areasUrl);
  const outlines = (await answer.json()) as FeatureCollection;
  const found = new Map<string, Position>();
  for (const outline of outlines.features) {
    const box = boxOf(outline.geometry.type === "GeometryCollection" ? [] : outline.geometry.coordinates);
    const code: unknown = outline.properties?.["code"];
    if (box !== null && typeof code === "string") found.set(code, [(box[0] + box[2]) / 2, (box[1] + box[3]) / 2]);
  }
  return found;
}

type Box = [number, number, number, number];

function boxOf(coordinates: unknown): Box | null {
  let box: Box | null = null;
  const walk = (part: unknown): void => {
    if (!Array.isArray(part)) return;
    const [lon, lat] = part as unknown[];
    if (typeof lon === "number" && typeof lat === "number") {
      box = box
        ? [Math.min(box[0], lon), Math.min(box[1], lat), Math.max(box[2], lon), Math.max(box[3], lat)]
        : [lon, lat, lon, lat];
      return;
    }
    for (const inner of part as unknown[]) walk(inner);
  };
  walk(coordinates);
  return box;
}

// A click on a disc goes where the table's line goes.
function opensOnClick(map: LinliMap): void {
  map.on("click", "board-discs", (event) => {
    const code: unknown = event.features?.[0]?.properties["code"];
    const address = new URL(window.location.href);
    if (typeof code !== "string" || code === address.searchParams.get("in")) return;
    address.searchParams.set("in", code);
    window.location.assign(address);
  });
  map.on("mouseenter", "board-discs", () => (map.getCanvas().style.cursor = "pointer"));
  map.on("mouseleave", "board-discs", () => (map.getCanvas().style.cursor = ""));
}
