// What residents' pages have besides app.ts. The map itself comes only when it is asked for.
import { attachHints } from "./hints";
import { attachPlacePicker } from "./place-picker";
import { attachQuestions } from "./questions";

attachPlacePicker(document);
attachQuestions(document);
attachHints(document);
