// Pages with a place to pick. Loaded only there; the map itself only when it is asked for.
import { attachPlacePicker } from "./place-picker";

attachPlacePicker(document);
