// [data-place]: a pin on a map, or the browser's own position when the person asks for it, into the fields lon and lat of
// the form around it. Everything works without: the fields and the words for the place stand in the page anyway.
import type { LinliMap, Pin, Point } from "./map";
import { posted } from "./posting";

const CLOSE_UP = 15;

interface Answer {
  inside: boolean;
  said: string;
}

export function attachPlacePicker(root: Document): void {
  for (const box of root.querySelectorAll<HTMLElement>("[data-place]")) {
    if (box.closest("form") !== null) attach(box);
  }
}

// Six decimal places, a tenth of a metre: what the site keeps.
export function degrees(value: number): string {
  return value.toFixed(6);
}

function attach(box: HTMLElement): void {
  const form = box.closest("form") as HTMLFormElement;
  const part = (name: string): HTMLElement => box.querySelector(`[data-place-${name}]`) as HTMLElement;
  const input = (name: string): HTMLInputElement => form.elements.namedItem(name) as HTMLInputElement;
  const say = (text: string | undefined): void => {
    part("said").textContent = text ?? "";
  };
  let map: Promise<LinliMap> | undefined;
  let pin: Pin | undefined;

  const chosen = (): Point | undefined => {
    const point: Point = [Number(input("lon").value), Number(input("lat").value)];
    return input("lon").value && input("lat").value && point.every(Number.isFinite) ? point : undefined;
  };
  const mark = async (point: Point, closer: boolean): Promise<void> => {
    if (map === undefined) return;
    const { addPin } = await import("./map");
    const shown = await map;
    if (pin) pin.move(point);
    else pin = addPin(shown, point, { label: box.dataset["pin"], onMoved: (to) => void pick(to) });
    if (closer) shown.jumpTo({ center: point, zoom: Math.max(shown.getZoom(), CLOSE_UP) });
    part("clear").hidden = false;
  };
  const pick = async (point: Point, closer = false): Promise<void> => {
    const [lon, lat] = point.map(degrees) as [string, string];
    await mark(point, closer);
    const answer = await posted<Answer>(form, box.dataset["locate"] ?? "", { lon, lat });
    input("lon").value = answer?.inside === false ? "" : lon;
    input("lat").value = answer?.inside === false ? "" : lat;
    say(answer?.said ?? `${lon}, ${lat}`);
    input("lat").dispatchEvent(new Event("change", { bubbles: true }));
  };
  const clear = (): void => {
    pin?.remove();
    pin = undefined;
    input("lon").value = input("lat").value = "";
    part("clear").hidden = true;
    say(box.dataset["gone"]);
    input("lat").dispatchEvent(new Event("change", { bubbles: true }));
  };
  const open = async (): Promise<void> => {
    part("panel").hidden = false;
    part("open").setAttribute("aria-expanded", "true");
    if (map !== undefined) return;
    try {
      const { createMap, onPick, middle } = await import("./map");
      map = createMap(part("map"), {
        areasUrl: box.dataset["areas"] ?? "",
        styleUrl: box.dataset["style"],
        texts: JSON.parse(box.dataset["texts"] ?? "{}") as Record<string, string>,
      });
      const shown = await map;
      onPick(shown, (point) => void pick(point));
      part("middle").addEventListener("click", () => void pick(middle(shown)));
      part("invented").hidden = part("map").dataset["invented"] !== "true";
      const before = chosen();
      if (before) await mark(before, true);
    } catch (error) {
      map = undefined;
      part("panel").hidden = true;
      part("open").setAttribute("aria-expanded", "false");
      say(error instanceof Error && error.message === "webgl" ? box.dataset["noWebgl"] : box.dataset["noNetwork"]);
    }
  };

  box.hidden = false;
  part("open").addEventListener("click", () => void open());
  part("clear").addEventListener("click", clear);
  if ("geolocation" in navigator) part("here").addEventListener("click", () => here((point) => void pick(point, true), () => say(box.dataset["noPosition"])));
  else part("here").hidden = true;
}

// Asked only on the person's own click; nothing is kept or sent but the one position.
function here(found: (point: Point) => void, failed: () => void): void {
  navigator.geolocation.getCurrentPosition(
    ({ coords }) => found([coords.longitude, coords.latitude]),
    failed,
    { enableHighAccuracy: true, timeout: 15_000, maximumAge: 60_000 },
  );
}
