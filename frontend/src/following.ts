// [data-follow=address]: the part is read again while work goes on in the background. Without a script its link does it.
import { fetchPart, isLeft } from "./pane";

export const FOLLOW_MS = 2_000;

export function attachFollowing(root: Document, pause: number = FOLLOW_MS): void {
  const part = root.querySelector<HTMLElement>("[data-follow][id]");
  if (part === null) return;
  const again = (): void => void setTimeout(() => void look(part), pause);
  const look = async (old: HTMLElement): Promise<void> => {
    if (root.visibilityState === "hidden") {
      again();
      return;
    }
    const found = await fetchPart(new Request(old.dataset["follow"] ?? window.location.href), `#${old.id}`);
    const fresh = isLeft(found) ? null : found.nodes.at(-1);
    if (!(fresh instanceof HTMLElement)) {
      again(); // the server starts anew, or the network is gone for a while
      return;
    }
    if (fresh.dataset["follow"] === undefined) {
      // The work has ended: whoever waits for it is led to what became of it.
      old.replaceWith(fresh);
      fresh.querySelector<HTMLElement>("[tabindex='-1']")?.focus();
      return;
    }
    keepFocus(old, fresh);
    again();
  };
  again();
}

// Only words and progress change while work goes on, so that buttons keep the focus and a press is never lost.
function keepFocus(old: HTMLElement, fresh: HTMLElement): void {
  const [said, now] = [old.querySelector("[role=status]"), fresh.querySelector("[role=status]")];
  if (said !== null && now !== null && said.textContent !== now.textContent) said.textContent = now.textContent;
  const [bar, far] = [old.querySelector("progress"), fresh.querySelector("progress")];
  if (bar === null || far === null || !far.hasAttribute("value")) return;
  bar.max = far.max;
  bar.value = far.value;
}
