// What every page loads. Pages work without it; each behaviour is attached by data attributes and lives in its own file.
import "./style.css";
import { attachAnswers } from "./answers";
import { attachCopying } from "./copying";
import { attachFollowing } from "./following";
import { attachLive } from "./live-page";
import { attachMenus } from "./menus";
import { attachShortcuts } from "./shortcuts";
import { attachSelection } from "./selection";
import { attachSplit } from "./split";
import { attachTheme } from "./theme-choice";

attachTheme(document);
attachMenus(document);
attachCopying(document);
attachAnswers(document);
attachSelection(document);
attachSplit(document);
attachShortcuts(document);
attachLive(document);
attachFollowing(document);
