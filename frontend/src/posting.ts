// A small question to the site with the form's own token; null when it could not be answered, which never blocks anything.
export async function posted<Answer>(
  form: HTMLFormElement,
  address: string,
  fields: Record<string, string>,
  signal?: AbortSignal,
): Promise<Answer | null> {
  const token = form.querySelector<HTMLInputElement>("[name=csrfmiddlewaretoken]")?.value ?? "";
  const body = new URLSearchParams({ ...fields, csrfmiddlewaretoken: token });
  try {
    const answer = await fetch(address, { method: "POST", body, headers: { accept: "application/json" }, ...(signal ? { signal } : {}) });
    return answer.ok ? ((await answer.json()) as Answer) : null;
  } catch {
    return null;
  }
}
