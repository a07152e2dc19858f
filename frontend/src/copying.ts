// button[data-copy]: puts its text on the clipboard and says so in the button itself.
export function attachCopying(root: Document): void {
  for (const button of root.querySelectorAll<HTMLButtonElement>("button[data-copy]")) {
    if (!("clipboard" in navigator)) continue;
    button.hidden = false;
    button.addEventListener("click", () => {
      void navigator.clipboard.writeText(button.dataset["copy"] ?? "").then(() => {
        button.textContent = button.dataset["copied"] ?? button.textContent;
      });
    });
  }
}
