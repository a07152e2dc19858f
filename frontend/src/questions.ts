// [data-questions]: a question comes up when the answer before calls for it; an answer that means danger shows the
// emergency numbers at once. Without this all questions stand there, and the server drops what does not apply.

// Which of the questions are up, in order: each by its own condition and that of the one it hangs on.
export interface Asked {
  name: string;
  when: string;
  values: readonly string[];
}

export function shownOf(questions: readonly Asked[], answers: ReadonlyMap<string, readonly string[]>): Set<string> {
  const shown = new Set<string>();
  for (const { name, when, values } of questions) {
    const given = shown.has(when) ? (answers.get(when) ?? []) : [];
    if (when === "" || given.some((value) => values.includes(value))) shown.add(name);
  }
  return shown;
}

export function attachQuestions(root: Document): void {
  for (const place of root.querySelectorAll<HTMLElement>("[data-questions]")) {
    place.addEventListener("change", () => settleQuestions(place));
    settleQuestions(place);
  }
}

export function settleQuestions(place: HTMLElement): void {
  const blocks = [...place.querySelectorAll<HTMLElement>("[data-question]")];
  const answers = new Map(blocks.map((block) => [block.dataset["question"] ?? "", chosen(block)]));
  const asked = blocks.map(({ dataset }) => ({
    name: dataset["question"] ?? "",
    when: dataset["when"] ?? "",
    values: (dataset["values"] ?? "").split(" "),
  }));
  const shown = shownOf(asked, answers);
  let danger = false;
  for (const block of blocks) {
    const name = block.dataset["question"] ?? "";
    const dangerous = (block.dataset["dangerValues"] ?? "").split(" ").filter(Boolean);
    block.hidden = !shown.has(name);
    for (const hint of block.querySelectorAll<HTMLElement>("[data-only-if]")) hint.hidden = true;
    danger ||= shown.has(name) && (answers.get(name) ?? []).some((value) => dangerous.includes(value));
  }
  for (const alert of place.querySelectorAll<HTMLElement>("[data-danger]")) alert.hidden = !danger;
}

// Whether somebody has begun to answer: then nothing replaces the questions unless a matter is chosen.
export function isBegun(place: HTMLElement): boolean {
  return [...place.querySelectorAll<HTMLInputElement>("[data-question] input")].some(isFilled);
}

function chosen(block: HTMLElement): string[] {
  return [...block.querySelectorAll<HTMLInputElement>("input")].filter(isFilled).map((input) => input.value);
}

function isFilled(input: HTMLInputElement): boolean {
  return input.type === "radio" || input.type === "checkbox" ? input.checked : input.value.trim() !== "";
}
