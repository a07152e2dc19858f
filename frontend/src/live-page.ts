// Live updates on a page of the desk: listens while the page is seen, and tells its parts which cases have moved.
// Parts listen to "linli:moved" on the document: the board and the list read themselves again, a case says that it changed.
import { listen, type Listening, type LiveScope, type Moved } from "./live";
import { fetchPart, isLeft } from "./pane";
import { attachSelection } from "./selection";

export const REST_MS = 1_200; // how long a part rests between two reads; what moves meanwhile is read together

export function attachLive(root: Document): void {
  const data = root.getElementById("live");
  if (data === null) return;
  let scope = JSON.parse(data.textContent ?? "{}") as LiveScope;
  let line: Listening | null = null;
  const tell = (moved: Moved): void => {
    root.dispatchEvent(new CustomEvent<Moved>("linli:moved", { detail: moved }));
  };
  const begin = (): void => {
    line ??= listen(scope, tell, (state) => (root.documentElement.dataset["live"] = state));
  };
  root.addEventListener("visibilitychange", () => {
    if (root.visibilityState === "visible") begin();
    else if (line !== null) {
      scope = { ...scope, since: line.since };
      line.stop();
      line = null;
    }
  });
  if (root.visibilityState === "visible") begin();
  attachList(root);
  attachCase(root);
}

// Calls back once for all that comes within the rest; the first at once.
export function resting(work: () => Promise<void>, rest: number = REST_MS): () => void {
  let busy = false;
  let again = false;
  const run = async (): Promise<void> => {
    busy = true;
    await work().catch(() => undefined);
    await new Promise((done) => setTimeout(done, rest));
    busy = false;
    if (again) {
      again = false;
      void run();
    }
  };
  return () => {
    if (busy) again = true;
    else void run();
  };
}

// The work list is read again; what was ticked stays ticked, and whoever is in it by keyboard stays where they are.
function attachList(root: Document): void {
  const list = root.querySelector<HTMLElement>("[data-split] #list");
  if (list === null) return;
  const refresh = resting(async () => {
    const found = await fetchPart(new Request(window.location.href), "#list");
    if (isLeft(found)) return;
    const ticked = new Set([...list.querySelectorAll<HTMLInputElement>("input[name=case]:checked")].map((box) => box.value));
    const here = root.activeElement?.closest<HTMLElement>("[data-row]")?.dataset["case"];
    const shown = list.querySelector<HTMLElement>(".is-shown")?.dataset["case"];
    list.replaceChildren(...(found.nodes.at(-1)?.childNodes ?? []));
    for (const box of list.querySelectorAll<HTMLInputElement>("input[name=case]")) box.checked = ticked.has(box.value);
    attachSelection(list);
    if (shown !== undefined) list.querySelector(`[data-case="${shown}"]`)?.classList.add("is-shown");
    if (here !== undefined) list.querySelector<HTMLElement>(`[data-case="${here}"] a[data-row-link]`)?.focus();
  });
  root.addEventListener("linli:moved", refresh);
}

// A case that is open says that somebody else has acted on it; what is typed stays.
function attachCase(root: Document): void {
  root.addEventListener("linli:moved", (event) => {
    const { cases } = (event as CustomEvent<Moved>).detail;
    for (const shown of root.querySelectorAll<HTMLElement>("[data-case][data-version]")) {
      const version = cases.get(shown.dataset["case"] ?? "");
      if (version === undefined || version <= Number(shown.dataset["version"])) continue;
      shown.querySelector<HTMLElement>("[data-changed]")?.removeAttribute("hidden");
    }
  });
}
