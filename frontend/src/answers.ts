// a[data-fill]: puts its data-text into the field of that id, after what stands there, instead of loading the page again.
export function joined(before: string, text: string): string {
  const kept = before.trimEnd();
  return kept === "" ? text : `${kept}\n${text}`;
}

export function attachAnswers(root: Document): void {
  root.addEventListener(
    "click",
    (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
      const link = event.target instanceof Element ? event.target.closest<HTMLAnchorElement>("a[data-fill]") : null;
      const field = root.getElementById(link?.dataset["fill"] ?? "");
      if (link === null || !(field instanceof HTMLTextAreaElement)) return;
      event.preventDefault();
      event.stopPropagation(); // the case beside the list would fetch the link
      field.value = joined(field.value, link.dataset["text"] ?? "");
      field.dispatchEvent(new Event("input", { bubbles: true }));
      link.closest("details")?.removeAttribute("open");
      field.focus();
    },
    { capture: true },
  );
}
