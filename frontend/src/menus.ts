// details.dropdown: closes when something else is clicked or Escape is pressed.
export function attachMenus(root: Document): void {
  root.addEventListener("click", (event) => {
    for (const menu of root.querySelectorAll<HTMLDetailsElement>("details.dropdown[open]")) {
      if (event.target instanceof Node && !menu.contains(event.target)) menu.open = false;
    }
  });
  root.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of root.querySelectorAll<HTMLDetailsElement>("details.dropdown[open]")) {
      menu.open = false;
      menu.querySelector("summary")?.focus();
    }
  });
}
