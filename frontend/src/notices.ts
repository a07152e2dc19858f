// The number of unread notices beside the link: asked for when the page is there, when cases move, and once a minute.
import { resting } from "./live-page";

const REST_MS = 15_000; // cases move all the time in a large district
const MINUTE_MS = 60_000;
const MOST = 99;

export function attachNotices(root: Document): void {
  const link = root.querySelector<HTMLElement>("[data-notices]");
  const badge = link?.querySelector<HTMLElement>("[data-unread]");
  const address = link?.dataset["notices"];
  if (!badge || address === undefined) return;
  const look = resting(async () => {
    if (root.visibilityState !== "visible") return;
    const answer = await fetch(address, { headers: { Accept: "application/json" }, redirect: "error" });
    if (!answer.ok) return;
    const { unread } = (await answer.json()) as { unread: number };
    badge.hidden = unread === 0;
    badge.textContent = shown(unread);
  }, REST_MS);
  look();
  root.addEventListener("linli:moved", look);
  root.addEventListener("visibilitychange", look);
  setInterval(look, MINUTE_MS);
}

export function shown(unread: number): string {
  return unread > MOST ? `${MOST}+` : unread === 0 ? "" : `${unread}`;
}
