// Keys of the desk: j and k walk the rows, x ticks, Enter opens, / searches, ? shows the keys; a letter takes an action
// that stands on the page with data-key. Nothing happens while somebody types.
export type Step = "next" | "previous" | "tick" | "open" | "search" | "help" | "action" | "none";

export function meaning(key: string, typing: boolean, modified: boolean): Step {
  if (typing || modified) return "none";
  switch (key) {
    case "j":
      return "next";
    case "k":
      return "previous";
    case "x":
      return "tick";
    case "o":
      return "open";
    case "/":
      return "search";
    case "?":
      return "help";
    default:
      return /^[a-z]$/.test(key) ? "action" : "none";
  }
}

export function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.matches("input:not([type=checkbox]), select, textarea, [contenteditable]");
}

export function attachShortcuts(root: Document): void {
  if (root.querySelector("[data-shortcuts]") === null) return;
  const rows = (): HTMLElement[] => [...root.querySelectorAll<HTMLElement>("[data-row]")];
  const here = (): number => rows().findIndex((row) => row.contains(root.activeElement));
  const go = (index: number): void => {
    const row = rows()[Math.max(0, Math.min(index, rows().length - 1))];
    row?.querySelector<HTMLElement>("a[data-row-link]")?.focus();
    row?.scrollIntoView({ block: "nearest" });
  };
  root.addEventListener("keydown", (event) => {
    const step = meaning(event.key, isTyping(event.target), event.ctrlKey || event.metaKey || event.altKey);
    if (step === "none") return;
    const row = rows()[here()];
    if (step === "next") go(here() + 1);
    else if (step === "previous") go(here() - 1);
    else if (step === "tick") row?.querySelector<HTMLInputElement>("input[name=case]")?.click();
    else if (step === "open") row?.querySelector<HTMLElement>("a[data-row-link]")?.click();
    else if (step === "search") root.querySelector<HTMLInputElement>("input[type=search]")?.focus();
    else if (step === "help") root.querySelector<HTMLDialogElement>("dialog[data-keys]")?.showModal();
    else {
      const act = root.querySelector<HTMLElement>(`[data-key="${event.key}"]`);
      if (act === null) return;
      act.click();
    }
    event.preventDefault();
  });
}
