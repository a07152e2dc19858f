// A form with data-selection: counts ticked rows, ticks all or none, and shows the acts once something is ticked.
export interface Counted {
  readonly all: number;
  readonly ticked: number;
}

export function counted(boxes: Iterable<{ checked: boolean }>): Counted {
  let all = 0;
  let ticked = 0;
  for (const box of boxes) {
    all += 1;
    if (box.checked) ticked += 1;
  }
  return { all, ticked };
}

export function attachSelection(root: ParentNode): void {
  for (const form of root.querySelectorAll<HTMLFormElement>("form[data-selection]")) {
    const boxes = (): HTMLInputElement[] => [...form.querySelectorAll<HTMLInputElement>("input[name=case]")];
    const whole = form.querySelector<HTMLInputElement>("input[data-select-all]");
    const bar = form.querySelector<HTMLElement>("[data-selection-bar]");
    const count = form.querySelector<HTMLElement>("[data-selection-count]");
    const show = (): void => {
      const found = counted(boxes());
      if (whole !== null) {
        whole.checked = found.all > 0 && found.ticked === found.all;
        whole.indeterminate = found.ticked > 0 && found.ticked < found.all;
      }
      if (bar !== null) bar.classList.toggle("is-idle", found.ticked === 0);
      if (count !== null) count.textContent = String(found.ticked);
      for (const box of boxes()) box.closest("tr")?.classList.toggle("is-ticked", box.checked);
    };
    if (whole !== null) {
      whole.hidden = false;
      whole.addEventListener("change", () => {
        for (const box of boxes()) box.checked = whole.checked;
        show();
      });
    }
    form.addEventListener("change", show);
    show();
  }
}
