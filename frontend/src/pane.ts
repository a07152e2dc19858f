// Fetches a page of ours and takes one part of it; scripts in it are not run.
export interface Part {
  readonly nodes: Element[];
  readonly address: string;
}

export interface Left {
  readonly left: string;
  readonly offline?: true; // nothing came back at all
}

export function isLeft(found: Part | Left): found is Left {
  return "left" in found;
}

export function partOf(html: string, selector: string, address: string): Part | Left {
  const page = new DOMParser().parseFromString(html, "text/html");
  const part = page.querySelector(selector);
  if (part === null) return { left: address };
  return { nodes: [...page.querySelectorAll("main > .alert"), part], address };
}

export async function fetchPart(request: Request, selector: string): Promise<Part | Left> {
  try {
    const answer = await fetch(request, { credentials: "same-origin", redirect: "follow" });
    return partOf(await answer.text(), selector, answer.url);
  } catch {
    return { left: request.url, offline: true }; // for a link the browser says so better than we can
  }
}
