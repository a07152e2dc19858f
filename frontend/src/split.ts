// The work list beside the case: on a wide screen a row opens its case in the pane, and acts taken there stay there.
// On a narrow one, and without this script, rows and forms lead to pages as they always do.
import { fetchPart, isLeft } from "./pane";
import { attachSelection } from "./selection";
import { done, sayOffline } from "./sending";

export function attachSplit(root: Document): void {
  const split = root.querySelector<HTMLElement>("[data-split]");
  const pane = split?.querySelector<HTMLElement>("[data-pane]") ?? null;
  const list = split?.querySelector<HTMLElement>("#list") ?? null;
  if (split === null || pane === null || list === null) return;

  const shown = (): boolean => getComputedStyle(pane).display !== "none";
  const show = async (request: Request, form?: HTMLFormElement): Promise<void> => {
    pane.setAttribute("aria-busy", "true");
    const found = await fetchPart(request, "#case");
    pane.removeAttribute("aria-busy");
    if (form) done(form);
    if (isLeft(found) && found.offline && form) {
      sayOffline(form);
      return;
    }
    if (isLeft(found)) {
      window.location.assign(found.left);
      return;
    }
    pane.replaceChildren(...found.nodes);
    pane.scrollTop = 0;
    begin(pane);
    mark(list, found.address);
    pane.dispatchEvent(new CustomEvent("linli:shown", { bubbles: true }));
  };
  const refresh = async (): Promise<void> => {
    const found = await fetchPart(new Request(window.location.href), "#list");
    if (!isLeft(found)) list.replaceChildren(...(found.nodes[0]?.childNodes ?? []));
    attachSelection(list);
  };

  split.addEventListener("click", (event) => {
    if (!shown() || event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
    const target = event.target instanceof Element ? event.target : null;
    const link = target?.closest<HTMLAnchorElement>("a[data-row-link], [data-pane] a[href*='?act='], a[data-in-pane]");
    if (link === null || link === undefined) return;
    event.preventDefault();
    void show(new Request(link.href));
  });
  pane.addEventListener("submit", (event) => {
    if (!shown() || !(event.target instanceof HTMLFormElement) || event.target.method !== "post") return;
    event.preventDefault();
    const data = new FormData(event.target, event.submitter);
    const at = rows(list).findIndex((row) => row.classList.contains("is-shown"));
    void show(new Request(event.target.action, { method: "POST", body: data }), event.target)
      .then(refresh)
      .then(() => goOn(list, at));
  });
}

function rows(list: HTMLElement): HTMLElement[] {
  return [...list.querySelectorAll<HTMLElement>("[data-row]")];
}

// A form that was opened is where one types next; what is wrong with it is read first.
function begin(pane: HTMLElement): void {
  const form = pane.querySelector<HTMLElement>(".act-form");
  const fault = form?.querySelector<HTMLElement>(".wrong :is(input, select, textarea)");
  (fault ?? form?.querySelector<HTMLElement>("form :is(input:not([type=hidden]), select, textarea)"))?.focus();
}

// After an act the list has moved up: the keys go on with the row that now stands where the case stood.
function goOn(list: HTMLElement, at: number): void {
  if (at < 0 || document.activeElement !== document.body) return;
  const left = rows(list);
  left[Math.min(at, left.length - 1)]?.querySelector<HTMLElement>("a[data-row-link]")?.focus({ preventScroll: true });
}

function mark(list: HTMLElement, address: string): void {
  const id = /\/case\/([0-9a-f-]+)\//.exec(address)?.[1];
  for (const row of list.querySelectorAll<HTMLElement>("[data-row]")) {
    row.classList.toggle("is-shown", row.dataset["case"] === id);
  }
}
