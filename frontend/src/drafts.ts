// form[data-draft]: what is typed stays in this tab until it has arrived, so that a lost session, a fault or a dead network
// loses nothing. Kept in the tab's own storage, never on the disk of a shared machine for whoever comes next; not for
// sensitive matters (the page leaves the mark away), never contacts, numbers or passwords, and not after four hours.
import { forgetPhotos } from "./photos";
import { words } from "./words";

const PREFIX = "linli-draft:";
export const KEPT_MS = 4 * 3600 * 1000;
const NEVER = ["csrfmiddlewaretoken", "expected", "case", "seen", "contact", "number", "consent", "keep", "password", "next"];

export type Entries = readonly (readonly [string, string])[];

// typed: not sent yet. sent: on its way, until a page says that it arrived. held: it met a login or a fault.
export interface Draft {
  readonly who: string;
  readonly at: number;
  readonly state: "typed" | "sent" | "held";
  readonly entries: Entries;
}

export type Fate = "restore" | "keep" | "drop";

export interface Seen {
  readonly who: string;
  readonly now: number;
  readonly unsent: boolean; // a login or a fault: nothing has arrived
  readonly form: "none" | "fresh" | "returned"; // whether this page has the form, and whether it holds what was sent
  readonly arrived: boolean; // whether it says that something was taken in
}

// What becomes of a draft when a page is seen.
export function fate(draft: Draft, seen: Seen): Fate {
  if (seen.now - draft.at > KEPT_MS) return "drop";
  if (seen.unsent) return "keep";
  if (draft.who !== "" && seen.who !== "" && draft.who !== seen.who) return "drop"; // somebody else logged in here
  if (draft.state === "sent" && seen.arrived) return "drop";
  if (seen.form === "none") return "keep";
  return seen.form === "fresh" ? "restore" : "drop";
}

export function attachDrafts(root: Document): void {
  let waiting = 0;
  root.addEventListener("input", (event) => {
    const form = event.target instanceof Element ? event.target.closest<HTMLFormElement>("form[data-draft]") : null;
    if (form === null) return;
    clearTimeout(waiting);
    waiting = window.setTimeout(() => save(form, "typed"), 250);
  });
  root.addEventListener("submit", (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement)) return;
    clearTimeout(waiting);
    if (form.dataset["draft"] !== undefined) save(form, "sent");
    else if (form.dataset["forgets"] !== undefined) forget();
  });
}

// Nothing was sent after all.
export function hold(form: HTMLFormElement): void {
  if (form.dataset["draft"] !== undefined) save(form, "typed");
}

// Looks at a page, or at a part of one that has just been put there, and settles every draft.
export function settleDrafts(root: Document, part: ParentNode = root): void {
  const forms = new Map([...part.querySelectorAll<HTMLFormElement>("form[data-draft]")].map((form) => [nameOf(form), form]));
  const seen = {
    who: whoIsHere(),
    now: Date.now(),
    unsent: root.body.dataset["unsent"] !== undefined,
    arrived: part.querySelector("[data-arrived]") !== null,
  };
  for (const [name, draft] of drafts()) {
    const form = forms.get(name);
    const shown = form === undefined ? "none" : form.dataset["bound"] === undefined ? "fresh" : "returned";
    const what = fate(draft, { ...seen, form: shown });
    if (what === "drop") drop(name, draft);
    else if (seen.unsent && draft.state === "sent") put(name, { ...draft, state: "held" });
    else if (what === "restore" && form !== undefined) restore(form, draft, name);
  }
}

export function forget(): void {
  for (const [name] of drafts()) sessionStorage.removeItem(PREFIX + name);
  forgetPhotos();
}

function drop(name: string, draft: Draft): void {
  sessionStorage.removeItem(PREFIX + name);
  if (draft.state === "sent" && document.querySelector("form[data-photos-again]") === null) forgetPhotos();
}

function nameOf(form: HTMLFormElement): string {
  const address = new URL(form.action);
  return address.pathname + address.search;
}

function whoIsHere(): string {
  return document.body.dataset["who"] ?? "";
}

function drafts(): [string, Draft][] {
  return Object.keys(sessionStorage)
    .filter((name) => name.startsWith(PREFIX))
    .map((name) => [name.slice(PREFIX.length), JSON.parse(sessionStorage.getItem(name) ?? "{}") as Draft]);
}

function put(name: string, draft: Draft): void {
  try {
    sessionStorage.setItem(PREFIX + name, JSON.stringify(draft));
  } catch {
    sessionStorage.removeItem(PREFIX + name); // no room: the page goes on without
  }
}

function save(form: HTMLFormElement, state: Draft["state"]): void {
  const name = nameOf(form);
  const entries = [...new FormData(form)].filter((entry): entry is [string, string] => typeof entry[1] === "string" && !NEVER.includes(entry[0]));
  if (isSensitive(form) || entries.every(([, value]) => value === "")) sessionStorage.removeItem(PREFIX + name);
  else put(name, { who: whoIsHere(), at: Date.now(), state, entries });
}

// A matter was chosen of which nothing may stay on the machine.
function isSensitive(form: HTMLFormElement): boolean {
  const matter = form.elements.namedItem("matter");
  const sensitive = (form.dataset["draftNever"] ?? "").split(" ");
  return matter instanceof HTMLSelectElement && matter.value !== "" && sensitive.includes(matter.value);
}

function restore(form: HTMLFormElement, draft: Draft, name: string): void {
  const fields = [...form.elements].filter((each) => each instanceof HTMLInputElement || each instanceof HTMLSelectElement || each instanceof HTMLTextAreaElement);
  for (const field of fields) {
    const values = draft.entries.filter(([key]) => key === field.name).map(([, value]) => value);
    if (NEVER.includes(field.name) || field.name === "" || field.type === "file") continue;
    if (field instanceof HTMLInputElement && ["checkbox", "radio"].includes(field.type)) field.checked = values.includes(field.value);
    else if (field instanceof HTMLSelectElement) for (const option of field.options) option.selected = values.includes(option.value);
    else if (values[0] !== undefined) field.value = values[0];
    const fold = field.closest("details");
    if (fold !== null && field.type !== "hidden" && values.some((value) => value !== "")) fold.open = true;
  }
  form.dataset["photosAgain"] = "";
  put(name, { ...draft, state: "typed" });
  form.prepend(notice(form, name));
}

function notice(form: HTMLFormElement, name: string): HTMLElement {
  const box = Object.assign(document.createElement("div"), { className: "alert alert-success" });
  box.setAttribute("role", "status");
  const afresh = Object.assign(document.createElement("button"), { type: "button", className: "btn" });
  afresh.textContent = words("draftAfresh");
  afresh.addEventListener("click", () => {
    sessionStorage.removeItem(PREFIX + name);
    form.reset();
    box.remove();
    form.querySelector<HTMLElement>("textarea, input:not([type=hidden]), select")?.focus();
  });
  box.append(Object.assign(document.createElement("p"), { textContent: words("draftRestored") }), afresh);
  return box;
}
