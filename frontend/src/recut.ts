// Areas on a map, and drawing on the map of a plan: what is drawn goes into the forms of the page, which do everything.
// The drawing library is asked for only here, and only where a plan can be changed.
import type { FeatureCollection, LineString, Polygon, Position } from "geojson";
import type { LinliMap, Pin } from "./map";
import type { TerraDraw } from "terra-draw";
import { asLines, drawable, gridAt, middleOf, outlineText } from "./recut-shapes";

type Mode = "line" | "outline" | "corners" | "none";

const GRIDS = "recut-grids";
const EMPTY: FeatureCollection = { type: "FeatureCollection", features: [] };
const page = document.querySelector<HTMLElement>("[data-recut]");
if (page !== null) void begin(page);

async function begin(page: HTMLElement): Promise<void> {
  const container = page.querySelector<HTMLElement>("[data-recut-map]");
  if (container === null) return;
  const words = container.innerHTML;
  try {
    const { createMap } = await import("./map");
    container.replaceChildren();
    const shapes = page.dataset["shapes"];
    const map = await createMap(container, {
      areasUrl: page.dataset["areas"] ?? "",
      styleUrl: page.dataset["style"] || undefined,
      texts: JSON.parse(page.dataset["texts"] || "{}") as Record<string, string>,
    });
    const invented = page.querySelector<HTMLElement>("[data-recut-invented]");
    if (invented) invented.hidden = container.dataset["invented"] !== "true";
    if (page.dataset["near"] === "true") {
      map.setLayerZoomRange("linli-community-names", 0, 24);
      map.setFilter("linli-community-names", ["==", ["get", "kind"], "grid"]); // the community is what the page is about
    }
    if (shapes === undefined) return;
    const grids = await showGrids(map, shapes);
    showsPlaces(page, map);
    const tools = page.querySelector<HTMLElement>("[data-recut-tools]");
    if (tools !== null) await attachTools(page, tools, map, grids);
  } catch {
    container.innerHTML = words; // every deed has its form
  }
}

// The grids of the plan over the community; those in force are left out, so that nobody mistakes one for the other.
async function showGrids(map: LinliMap, url: string): Promise<FeatureCollection> {
  const { colour } = await import("./map");
  const answer = await fetch(url, { credentials: "same-origin" });
  const grids = answer.ok ? ((await answer.json()) as FeatureCollection) : EMPTY;
  for (const layer of ["linli-communities", "linli-community-names"]) {
    map.setFilter(layer, ["in", ["get", "kind"], ["literal", ["community"]]]);
  }
  map.setLayoutProperty("linli-community-names", "visibility", "none");
  map.addSource(GRIDS, { type: "geojson", data: grids });
  map.addLayer({ id: "recut-fill", type: "fill", source: GRIDS, paint: { "fill-color": colour("--ln-accent"), "fill-opacity": 0.08 } });
  map.addLayer({ id: "recut-line", type: "line", source: GRIDS, paint: { "line-color": colour("--ln-accent"), "line-width": 2 } });
  map.addLayer({
    id: "recut-names",
    type: "symbol",
    source: GRIDS,
    layout: { "text-field": ["get", "name"], "text-size": 13, "text-allow-overlap": true },
    paint: { "text-color": colour("--ln-ink"), "text-halo-color": colour("--ln-paper"), "text-halo-width": 1.5 },
  });
  return grids;
}

// "Show on the map" beside each finding that has a place.
function showsPlaces(page: HTMLElement, map: LinliMap): void {
  let pin: Pin | undefined;
  for (const button of page.querySelectorAll<HTMLButtonElement>("[data-recut-show]")) {
    button.hidden = false;
    button.addEventListener("click", () => {
      const [lon = 0, lat = 0] = (button.dataset["recutShow"] ?? "").split(",").map(Number);
      void import("./map").then(({ addPin }) => {
        pin?.remove();
        pin = addPin(map, [lon, lat]);
        map.jumpTo({ center: [lon, lat], zoom: Math.max(map.getZoom(), 15) });
        map.getContainer().scrollIntoView({ block: "nearest" });
      });
    });
  }
}

async function attachTools(page: HTMLElement, tools: HTMLElement, map: LinliMap, grids: FeatureCollection): Promise<void> {
  const draw = await drawing(map);
  const said = page.querySelector<HTMLElement>("[data-recut-said]");
  const say = (name: string): void => {
    if (said) said.textContent = said.dataset[name] ?? "";
  };
  const buttons = [...tools.querySelectorAll<HTMLButtonElement>("[data-recut-mode]")];
  const set = (mode: Mode): void => {
    draw.clear();
    for (const button of buttons) {
      if (button.dataset["recutMode"] !== "none") button.setAttribute("aria-pressed", String(button.dataset["recutMode"] === mode));
    }
    say(mode);
    if (mode === "line") draw.setMode("linestring");
    else if (mode === "outline") draw.setMode("polygon");
    else if (mode === "corners") begins(corners());
    else draw.setMode("static");
  };
  const begins = (shape: Polygon | undefined): void => {
    if (shape === undefined) {
      draw.setMode("static");
      say("choose");
      return;
    }
    const [added] = draw.addFeatures([{ type: "Feature", properties: { mode: "polygon" }, geometry: shape }]);
    draw.setMode("select");
    if (added?.id !== undefined) draw.selectFeature(added.id);
  };
  const corners = (): Polygon | undefined => drawable(grids, field(page, "redraw", "grid")?.value ?? "");
  draw.on("finish", (id) => {
    const shape = draw.getSnapshotFeature(id)?.geometry;
    if (shape?.type === "LineString") tookLine(page, shape, grids);
    else if (shape?.type === "Polygon") tookOutline(page, shape);
    else return;
    say("drawn");
  });
  choosesOnClick(page, map, () => draw.getMode() === "static");
  for (const button of buttons) button.addEventListener("click", () => set(button.dataset["recutMode"] as Mode));
  tools.hidden = false;
  tools.dataset["recutTools"] = "ready";
}

// While nothing is drawn, a click on a grid chooses it in every form that asks for one, and marks it.
function choosesOnClick(page: HTMLElement, map: LinliMap, idle: () => boolean): void {
  map.addLayer({
    id: "recut-chosen",
    type: "line",
    source: GRIDS,
    filter: ["==", ["get", "code"], ""],
    paint: { "line-color": map.getPaintProperty("recut-line", "line-color") as string, "line-width": 5 },
  });
  map.on("click", "recut-fill", (event) => {
    const code: unknown = event.features?.[0]?.properties["code"];
    if (typeof code !== "string" || !idle()) return;
    for (const [form, name] of [["split", "grid"], ["redraw", "grid"], ["retire", "grid"], ["merge", "keep"]] as const) {
      fill(page, form, name, code);
    }
    map.setFilter("recut-chosen", ["==", ["get", "code"], code]);
  });
}

async function drawing(map: LinliMap): Promise<TerraDraw> {
  const [library, { TerraDrawMapLibreGLAdapter }] = await Promise.all([
    import("terra-draw"),
    import("terra-draw-maplibre-gl-adapter"),
  ]);
  const draw = new library.TerraDraw({
    adapter: new TerraDrawMapLibreGLAdapter({ map }),
    modes: [
      new library.TerraDrawLineStringMode(),
      new library.TerraDrawPolygonMode(),
      new library.TerraDrawSelectMode({
        flags: { polygon: { feature: { coordinates: { midpoints: true, draggable: true, deletable: true } } } },
      }),
    ],
  });
  draw.start();
  return draw;
}

// A line goes into "Split a grid", with the grid under its middle.
function tookLine(page: HTMLElement, line: LineString, grids: FeatureCollection): void {
  fill(page, "split", "line", asLines(line.coordinates));
  fill(page, "split", "way", "line");
  const middle: Position | undefined = middleOf(line.coordinates);
  const code = middle && gridAt(grids, middle);
  if (code) fill(page, "split", "grid", code);
  open(page, "split");
}

function tookOutline(page: HTMLElement, shape: Polygon): void {
  fill(page, "redraw", "outline", outlineText(shape));
  open(page, "redraw");
}

type Field = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement;

function field(page: HTMLElement, form: string, name: string): Field | null {
  return page.querySelector<Field>(`[data-recut-form="${form}"] [name="${name}"]`);
}

function fill(page: HTMLElement, form: string, name: string, value: string): void {
  const found = field(page, form, name);
  if (found) found.value = value;
}

function open(page: HTMLElement, form: string): void {
  page.querySelector<HTMLFormElement>(`[data-recut-form="${form}"]`)?.closest("details")?.setAttribute("open", "");
}
