// button[data-print]: prints the page; without a script the browser's own menu does.
export function attachPrinting(root: Document): void {
  for (const button of root.querySelectorAll<HTMLButtonElement>("button[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  }
}
