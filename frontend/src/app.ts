// What every page loads. Pages work without it; each behaviour is attached by data attributes and lives in its own file.
import "./style.css";
import { attachAnswers } from "./answers";
import { attachCopying } from "./copying";
import { attachDrafts, settleDrafts } from "./drafts";
import { attachFollowing } from "./following";
import { attachLive } from "./live-page";
import { attachMenus } from "./menus";
import { attachNotices } from "./notices";
import { attachPhotos } from "./photos";
import { attachSending } from "./sending";
import { attachPrinting } from "./printing";
import { attachShortcuts } from "./shortcuts";
import { attachSelection } from "./selection";
import { attachSplit } from "./split";
import { attachTheme } from "./theme-choice";

attachTheme(document);
attachMenus(document);
attachCopying(document);
attachAnswers(document);
attachSelection(document);
attachPrinting(document);
attachSplit(document);
attachShortcuts(document);
attachSending(document); // before drafts: what is held back is not sent
attachDrafts(document);
settleDrafts(document);
attachPhotos(document); // after drafts, which say whether kept pictures are wanted again
attachLive(document);
attachNotices(document);
document.addEventListener("linli:shown", (event) => {
  if (!(event.target instanceof Element)) return;
  settleDrafts(document, event.target);
  attachPhotos(event.target);
});
attachFollowing(document);
