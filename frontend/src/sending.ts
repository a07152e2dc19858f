// Forms that are sent: once however often the button is pressed, not before their pictures are ready, and not into a dead
// network. A form with typed words first asks whether the site answers; where it does not, the page stays as it is, says so,
// and says when the network is back.
import { hold } from "./drafts";
import { photosReady } from "./photos";
import { words } from "./words";

const PATIENCE_MS = 8_000;
const AGAIN_MS = 10_000; // an answer that never comes, or a file that is saved: the form may be sent again

const ready = new WeakSet<HTMLFormElement>();

export function attachSending(root: Document): void {
  root.addEventListener("submit", (event) => guard(event), { capture: true });
  window.addEventListener("online", () => {
    for (const note of root.querySelectorAll<HTMLElement>("[data-offline-note]")) note.textContent = words("online");
  });
  window.addEventListener("pageshow", () => {
    for (const form of root.querySelectorAll<HTMLFormElement>("form[data-sending]")) done(form);
  });
}

// The form may be sent again.
export function done(form: HTMLFormElement): void {
  delete form.dataset["sending"];
}

// Says beside the button that the network is gone; what was typed stays.
export function sayOffline(form: HTMLFormElement): void {
  done(form);
  hold(form);
  const known = form.querySelector<HTMLElement>("[data-offline-note]");
  const note = known ?? Object.assign(document.createElement("p"), { className: "alert alert-danger" });
  note.dataset["offlineNote"] = "";
  note.setAttribute("role", "alert");
  note.textContent = words("offline");
  if (known === null) {
    const button = [...form.querySelectorAll("button:not([type=button])")].at(-1);
    if (button) button.before(note);
    else form.append(note);
  }
}

function guard(event: Event): void {
  const form = event.target;
  if (!(form instanceof HTMLFormElement) || form.method !== "post") return;
  if (form.dataset["sending"] !== undefined && !ready.has(form)) {
    stop(event);
    return;
  }
  form.dataset["sending"] = "";
  window.setTimeout(() => done(form), AGAIN_MS);
  if (ready.delete(form) || !isAwaited(form)) return;
  stop(event);
  const submitter = event instanceof SubmitEvent ? event.submitter : null;
  void prepared(form).then((reachable) => {
    if (!reachable) {
      sayOffline(form);
      return;
    }
    form.querySelector("[data-offline-note]")?.remove();
    ready.add(form);
    form.requestSubmit(submitter);
  });
}

function stop(event: Event): void {
  event.preventDefault();
  event.stopImmediatePropagation();
}

function isAwaited(form: HTMLFormElement): boolean {
  return form.matches("[data-draft], :has(input[type=file])");
}

async function prepared(form: HTMLFormElement): Promise<boolean> {
  await photosReady(form);
  if (!navigator.onLine) return false;
  const icon = document.querySelector<HTMLLinkElement>("link[rel=icon]");
  if (icon === null) return true;
  try {
    await fetch(icon.href, { method: "HEAD", cache: "no-store", signal: AbortSignal.timeout(PATIENCE_MS) });
    return true;
  } catch {
    return false;
  }
}
