// A select with data-theme-choice: light, dark, or as the system has it.
export type Theme = "auto" | "light" | "dark";

export function themeOf(stored: string | null): Theme {
  return stored === "light" || stored === "dark" ? stored : "auto";
}

export function attachTheme(root: Document): void {
  const select = root.querySelector<HTMLSelectElement>("select[data-theme-choice]");
  if (select === null) return;
  select.closest<HTMLElement>("[hidden]")?.removeAttribute("hidden");
  select.value = themeOf(localStorage.getItem("linli-theme"));
  select.addEventListener("change", () => {
    const theme = themeOf(select.value);
    if (theme === "auto") {
      localStorage.removeItem("linli-theme");
      delete root.documentElement.dataset["bsTheme"];
    } else {
      localStorage.setItem("linli-theme", theme);
      root.documentElement.dataset["bsTheme"] = theme;
    }
  });
}
