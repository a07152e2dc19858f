// form[data-hints]: while somebody writes, the site says what it takes the matter for and which open cases look the same.
// A help, never a hurdle: without an answer nothing is shown, and sending works at any moment.
import { posted } from "./posting";
import { isBegun, settleQuestions } from "./questions";

const PAUSE = 700;
const ASKED = ["key", "detail", "title", "where", "area", "lon", "lat", "matter", "about", "asked"] as const;

interface Hints {
  matter: string;
  similar: string;
  place: string;
  questions: string | null;
}

export function attachHints(root: Document): void {
  for (const form of root.querySelectorAll<HTMLFormElement>("form[data-hints]")) attach(form);
}

function attach(form: HTMLFormElement): void {
  let waiting = 0;
  let asking: AbortController | undefined;
  let before = "";
  const ask = async (): Promise<void> => {
    const data = new FormData(form);
    const said = Object.fromEntries(ASKED.map((name) => [name, String(data.get(name) ?? "")]));
    const same = String(data.get("same") ?? "");
    if (JSON.stringify(said) === before) return;
    before = JSON.stringify(said);
    asking?.abort();
    asking = new AbortController();
    const { signal } = asking;
    const hints = await posted<Hints>(form, form.dataset["hints"] ?? "", { ...said, same }, signal);
    if (signal.aborted || hints === null) return;
    show(form, "[data-matter-hint]", hints.matter);
    show(form, "[data-similar]", hints.similar);
    show(form, "[data-place-hint]", hints.place);
    askFurther(form, hints.questions, said["matter"] !== "");
  };
  const later = (): void => {
    clearTimeout(waiting);
    waiting = window.setTimeout(() => void ask(), PAUSE);
  };
  form.addEventListener("input", later);
  form.addEventListener("change", later);
  form.addEventListener("click", (event) => choose(form, event));
  if (form.querySelector<HTMLTextAreaElement>("[name=detail]")?.value || form.querySelector<HTMLInputElement>("[name=where]")?.value) void ask();
}

// Our own server's words, escaped by its templates; replaced only when they changed, so that nothing is announced twice.
function show(form: HTMLFormElement, selector: string, words: string): void {
  const place = form.querySelector<HTMLElement>(selector);
  if (place === null || place.dataset["shown"] === words) return;
  if (place.contains(document.activeElement)) return; // somebody is choosing there
  place.innerHTML = words;
  place.dataset["shown"] = words;
}

// The questions of the matter, where they are others than those that stand there (null: the same ones).
function askFurther(form: HTMLFormElement, words: string | null, isChosen: boolean): void {
  const place = form.querySelector<HTMLElement>("[data-questions]");
  if (place === null || words === null || (isBegun(place) && !isChosen)) return;
  show(form, "[data-questions]", words);
  settleQuestions(place);
}

// button[data-choose-matter]: takes the matter over into the field; pressed again it is open again.
function choose(form: HTMLFormElement, event: Event): void {
  const button = event.target instanceof Element ? event.target.closest<HTMLButtonElement>("[data-choose-matter]") : null;
  const field = form.elements.namedItem("matter");
  if (button === null || !(field instanceof HTMLSelectElement)) return;
  const code = button.dataset["chooseMatter"] ?? "";
  field.value = field.value === code ? "" : code;
  for (const each of form.querySelectorAll<HTMLElement>("[data-choose-matter]")) {
    each.setAttribute("aria-pressed", String(each.dataset["chooseMatter"] === field.value));
  }
}
