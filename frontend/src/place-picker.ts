export function attachPlacePicker(root: Document): void {
  for (const box of root.querySelectorAll<HTMLElement>("[data-place]")) {
    box.hidden = false;
    void import("./map").then(async ({ createMap }) => createMap(box, { areasUrl: box.dataset["areas"] ?? "" }));
  }
}
