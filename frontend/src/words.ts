// Sentences that scripts say, in the reader's language; the page brings them in one element (ui/words.html).
export function words(name: string): string {
  return document.querySelector<HTMLElement>("[data-words]")?.dataset[name] ?? "";
}

// A sentence with its {places} filled in.
export function said(name: string, values: Record<string, string>): string {
  return filled(words(name), values);
}

export function filled(sentence: string, values: Record<string, string>): string {
  return sentence.replace(/\{(\w+)\}/g, (place, name: string) => values[name] ?? place);
}
