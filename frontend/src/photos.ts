// input[data-photos="6"]: pictures are made smaller in the browser before they are sent, which also leaves out where and
// when they were taken. Each is shown with a button that takes it away. Without this script the plain field works; the
// site cleans every picture anyway.
import { said, words } from "./words";

export const LONGEST = 1600;
const QUALITY = 0.8;
const THUMB = 160;
const TAKEN_AS_THEY_ARE = ["image/jpeg", "image/png", "image/webp"];
const KEPT = "linli-photos:";
const MOST_KEPT = 4_000_000; // characters; browsers give a tab about five million

interface Photo {
  readonly file: File;
  readonly content: string; // base64
  readonly thumb: string; // data: address, empty where the browser could not read the picture
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

// The size at which the longer edge is at most `longest`; never larger than it was, never nothing.
export function fitted({ width, height }: Size, longest: number = LONGEST): Size {
  const scale = Math.min(1, longest / Math.max(width, height, 1));
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}

export function asJpeg(name: string): string {
  return `${name.replace(/\.[^.]*$/, "") || "photo"}.jpg`;
}

const working = new WeakMap<HTMLFormElement, Promise<unknown>>();

// Until every picture of the form is ready to be sent.
export async function photosReady(form: HTMLFormElement): Promise<void> {
  await working.get(form);
}

export function attachPhotos(root: ParentNode): void {
  for (const input of root.querySelectorAll<HTMLInputElement>("input[type=file][data-photos]")) {
    if (input.dataset["attached"] !== undefined || input.form === null) continue;
    input.dataset["attached"] = "";
    attach(input, input.form);
  }
}

function attach(input: HTMLInputElement, form: HTMLFormElement): void {
  const most = Number(input.dataset["photos"]);
  const list = document.createElement("ul");
  list.className = "photos";
  list.hidden = true;
  const note = document.createElement("p");
  note.className = "photos-said";
  note.setAttribute("role", "status");
  input.after(list, note);
  let photos: readonly Photo[] = [];

  const show = (found: readonly Photo[]): void => {
    photos = found;
    input.files = filesOf(photos);
    list.hidden = photos.length === 0;
    list.replaceChildren(...photos.map((photo, index) => shown(photo, index, () => remove(index))));
  };
  const remove = (index: number): void => {
    show(photos.filter((_photo, at) => at !== index));
    const next = list.querySelectorAll("button")[Math.min(index, photos.length - 1)];
    (next ?? input).focus();
  };
  const add = async (chosen: readonly File[]): Promise<void> => {
    note.textContent = words("photosWorking");
    const before = most === 1 ? [] : photos;
    const made: Photo[] = [];
    const refused: string[] = [];
    for (const file of chosen) {
      const photo = await smaller(file);
      if (photo === null) refused.push(file.name);
      else made.push(photo);
    }
    const all = [...before, ...made];
    show(all.slice(0, most));
    const faults = refused.map((name) => said("photosUnreadable", { name }));
    if (all.length > most) faults.push(said("photosMany", { limit: String(most) }));
    note.textContent = faults.join(" ");
    note.classList.toggle("wrong", faults.length > 0);
  };
  input.addEventListener("change", () => {
    const chosen = [...(input.files ?? [])];
    if (chosen.length === 0) {
      show(photos); // the browser's dialogue was closed without a choice
      return;
    }
    working.set(form, Promise.resolve(working.get(form)).then(() => add(chosen)));
  });
  form.addEventListener("submit", () => keep(form, input, photos));
  const kept = taken(form, input);
  if (kept.length > 0) {
    show(kept);
    input.closest(".field")?.querySelector(".invalid-feedback")?.remove();
    input.closest(".field")?.classList.remove("wrong");
    for (const link of document.querySelectorAll(`.alert a[href="#${CSS.escape(input.id)}"]`)) link.closest("li")?.remove();
  }
}

// The picture as a smaller JPEG, upright and without its metadata. As it is where the browser cannot read it but the site
// can; null where nobody can.
async function smaller(file: File): Promise<Photo | null> {
  try {
    const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
    const jpeg = await new Promise<Blob | null>((done) => drawn(picture, LONGEST).toBlob(done, "image/jpeg", QUALITY));
    const thumb = drawn(picture, THUMB).toDataURL("image/jpeg", QUALITY);
    picture.close();
    if (jpeg === null || jpeg.type !== "image/jpeg") throw new Error("not encoded");
    return { file: new File([jpeg], asJpeg(file.name), { type: "image/jpeg" }), content: await contentOf(jpeg), thumb };
  } catch {
    return TAKEN_AS_THEY_ARE.includes(file.type) ? { file, content: await contentOf(file), thumb: "" } : null;
  }
}

function drawn(picture: ImageBitmap, longest: number): HTMLCanvasElement {
  const canvas = document.createElement("canvas");
  Object.assign(canvas, fitted(picture, longest));
  const brush = canvas.getContext("2d");
  if (brush === null) throw new Error("no canvas");
  brush.fillStyle = "#fff"; // what is transparent would come out black
  brush.fillRect(0, 0, canvas.width, canvas.height);
  brush.imageSmoothingQuality = "high";
  brush.drawImage(picture, 0, 0, canvas.width, canvas.height);
  return canvas;
}

function shown(photo: Photo, index: number, remove: () => void): HTMLLIElement {
  const number = String(index + 1);
  const item = document.createElement("li");
  const alt = said("photosAlt", { number, name: photo.file.name });
  if (photo.thumb === "") item.append(alt);
  else item.append(Object.assign(document.createElement("img"), { src: photo.thumb, alt }));
  const button = Object.assign(document.createElement("button"), { type: "button", className: "btn" });
  button.textContent = words("photosRemove");
  button.setAttribute("aria-label", said("photosRemoveOne", { number }));
  button.addEventListener("click", remove);
  item.append(button);
  return item;
}

function filesOf(photos: readonly Photo[]): FileList {
  const holder = new DataTransfer();
  for (const { file } of photos) holder.items.add(file);
  return holder.files;
}

// A form that comes back, because something else in it was wrong or somebody had to log in first, has lost its files: the
// tab keeps them for that moment.
interface Kept {
  readonly name: string;
  readonly type: string;
  readonly content: string;
  readonly thumb: string;
}

export function forgetPhotos(): void {
  for (const name of Object.keys(sessionStorage)) if (name.startsWith(KEPT)) sessionStorage.removeItem(name);
}

function keptName(form: HTMLFormElement, input: HTMLInputElement): string {
  return `${KEPT}${new URL(form.action).pathname}:${input.name}`;
}

function keep(form: HTMLFormElement, input: HTMLInputElement, photos: readonly Photo[]): void {
  const name = keptName(form, input);
  sessionStorage.removeItem(name);
  if (photos.length === 0 || form.dataset["draft"] === undefined) return;
  const all: Kept[] = photos.map(({ file, content, thumb }) => ({ name: file.name, type: file.type, content, thumb }));
  const text = JSON.stringify(all);
  if (text.length > MOST_KEPT) return;
  try {
    sessionStorage.setItem(name, text);
  } catch {
    sessionStorage.removeItem(name); // no room: they are chosen again, as without this script
  }
}

function taken(form: HTMLFormElement, input: HTMLInputElement): Photo[] {
  const name = keptName(form, input);
  const text = sessionStorage.getItem(name);
  sessionStorage.removeItem(name);
  if (text === null || form.dataset["photosAgain"] === undefined) return [];
  return (JSON.parse(text) as Kept[]).map(({ name, type, content, thumb }) => ({
    file: new File([bytesOf(content)], name, { type }),
    content,
    thumb,
  }));
}

function contentOf(file: Blob): Promise<string> {
  return new Promise((done, failed) => {
    const reader = new FileReader();
    reader.onload = () => done(String(reader.result).replace(/^[^,]*,/, ""));
    reader.onerror = failed;
    reader.readAsDataURL(file);
  });
}

function bytesOf(content: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(content), (char) => char.charCodeAt(0));
}
