// The one map of all pages, on MapLibre GL. Import it lazily (`await import("./map")`): it is large, and only pages with a
// map need it. Every page must also work without it: createMap fails with a MapError where there is no WebGL or no network.
import "maplibre-gl/dist/maplibre-gl.css";
import "./map.css";
import type { FeatureCollection } from "geojson";
import workerUrl from "maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url";
import { Map as GlMap, Marker, NavigationControl, setWorkerUrl } from "maplibre-gl";
import { AREAS, THEMED, areaLayers, baseStyle, type Bounds } from "./map-style";

setWorkerUrl(workerUrl); // otherwise a map never comes to rest

export type LinliMap = GlMap;
export type { Bounds };
export type Point = [longitude: number, latitude: number];

export interface MapOptions {
  areasUrl: string; // GeoJSON of our own: GET /map/areas/<code>.geojson
  styleUrl?: string | undefined; // a base map, where the site has one
  bounds?: Bounds | undefined; // what is seen first; by default everything that areasUrl holds
  texts?: Record<string, string> | undefined; // MapLibre's texts in the reader's language, by its own names
}

export class MapError extends Error {
  constructor(readonly reason: "webgl" | "network") {
    super(reason);
  }
}

// The value of a colour token in the present theme.
export function colour(token: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(token).trim() || "#777";
}

// A map that shows the areas, resolved once it is loaded. North stays up; `container.dataset.map` is "ready" when it rests.
export async function createMap(container: HTMLElement, options: MapOptions): Promise<LinliMap> {
  if (!document.createElement("canvas").getContext("webgl2")) throw new MapError("webgl");
  const areas = await readAreas(options.areasUrl);
  const map = new GlMap({
    container,
    style: baseStyle(options.styleUrl, colour),
    bounds: options.bounds ?? areas.bbox ?? [73, 18, 135, 53],
    fitBoundsOptions: { padding: 24 },
    maxPitch: 0,
    dragRotate: false,
    pitchWithRotate: false,
    attributionControl: options.styleUrl ? { compact: true } : false,
    locale: options.texts ?? {},
    localIdeographFontFamily: colour("--tblr-font-sans-serif"),
  });
  map.touchZoomRotate.disableRotation();
  map.keyboard.disableRotation();
  map.addControl(new NavigationControl({ showCompass: false }), "top-right");
  await loaded(map);
  map.addSource(AREAS, { type: "geojson", data: areas });
  for (const layer of areaLayers(Boolean(options.styleUrl), colour)) map.addLayer(layer);
  if (areas.features.some((area) => area.properties?.["invented"])) container.dataset["invented"] = "true"; // must be said
  followTheme(map);
  map.on("idle", () => {
    container.dataset["map"] = "ready";
  });
  return map;
}

export interface Pin {
  move(point: Point): void;
  remove(): void;
  readonly element: HTMLElement;
}

// A pin at a point; `onMoved` makes it one that can be dragged.
export function addPin(
  map: LinliMap,
  point: Point,
  { label, onMoved }: { label?: string | undefined; onMoved?: ((point: Point) => void) | undefined } = {},
): Pin {
  const marker = new Marker({ color: colour("--ln-danger"), draggable: Boolean(onMoved) }).setLngLat(point).addTo(map);
  if (label) marker.getElement().setAttribute("aria-label", label);
  if (onMoved) {
    marker.on("dragend", () => {
      const { lng, lat } = marker.getLngLat();
      onMoved([lng, lat]);
    });
  }
  return {
    move: (to) => void marker.setLngLat(to),
    remove: () => void marker.remove(),
    element: marker.getElement(),
  };
}

// Calls back with the place that was clicked; by keyboard, Enter on the map picks its middle. Answers with the way to stop.
export function onPick(map: LinliMap, picked: (point: Point) => void): () => void {
  const clicked = map.on("click", (event) => picked([event.lngLat.lng, event.lngLat.lat]));
  const canvas = map.getCanvas();
  const pressed = (event: KeyboardEvent): void => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    picked(middle(map));
  };
  canvas.addEventListener("keydown", pressed);
  return () => {
    clicked.unsubscribe();
    canvas.removeEventListener("keydown", pressed);
  };
}

export function middle(map: LinliMap): Point {
  const { lng, lat } = map.getCenter();
  return [lng, lat];
}

type Areas = FeatureCollection & { bbox?: Bounds };

async function readAreas(url: string): Promise<Areas> {
  try {
    const answer = await fetch(url);
    if (!answer.ok) throw new MapError("network");
    return (await answer.json()) as Areas;
  } catch {
    throw new MapError("network");
  }
}

function loaded(map: LinliMap): Promise<void> {
  return new Promise((done, failed) => {
    map.once("load", () => done());
    map.once("error", () => {
      if (!map.isStyleLoaded()) failed(new MapError("network")); // a missing tile later on is no reason to give up
    });
  });
}

// The outlines follow when the reader changes the colours of the page.
function followTheme(map: LinliMap): void {
  const paint = (): void => {
    for (const [layer, property, token] of THEMED) {
      if (map.getLayer(layer)) map.setPaintProperty(layer, property, colour(token));
    }
  };
  const watcher = new MutationObserver(paint);
  watcher.observe(document.documentElement, { attributeFilter: ["data-bs-theme"] });
  const scheme = matchMedia("(prefers-color-scheme: dark)");
  scheme.addEventListener("change", paint);
  map.once("remove", () => {
    watcher.disconnect();
    scheme.removeEventListener("change", paint);
  });
}
