// What every page loads. Pages work without it; each behaviour is attached by data attributes and lives in its own file.
import "./style.css";
import "htmx.org";
import { attachCopying } from "./copying";
import { attachMenus } from "./menus";
import { attachShortcuts } from "./shortcuts";
import { attachSelection } from "./selection";
import { attachTheme } from "./theme-choice";

attachTheme(document);
attachMenus(document);
attachCopying(document);
attachSelection(document);
attachShortcuts(document);
