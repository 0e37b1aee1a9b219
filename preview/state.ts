import { computed, effect, signal } from "@preact/signals";
import { emptyState, type PageState } from "../link/state.ts";
import { type Core, load } from "../mod.ts";
import { type Picture, pictureOfPlans, pictureOfTable } from "../picture/mod.ts";
import { type Drawing, drawingOf } from "./input/draw.ts";
import { InputMistake, type Mistake, type Place } from "./input/place.ts";
import { changesOf } from "./picture/changes.ts";

/** What is drawn, or why it cannot be. */
export type Outcome =
  | { readonly drawing: Drawing; readonly picture: Picture }
  | { readonly mistake: Mistake };

/** What the page shows; everything else follows from it. */
export const state = signal<PageState>(emptyState);

/** The core, once it is compiled. */
export const core = signal<Core | undefined>(undefined);

/** The id of the row or curve that is looked at. */
export const selected = signal<string | undefined>(undefined);

/** The id of the row that the pointer is on. */
export const pointed = signal<string | undefined>(undefined);

/** What the page says to the person, such as that a link was copied. */
export const notice = signal("");

/** The tab of the input that is open. */
export type InputTab = "bundle" | "sandbox" | "sources" | "request" | "table";
export const inputTab = signal<InputTab>("bundle");

/** What the state says; undefined until the core is there. */
export const outcome = computed<Outcome | undefined>(() => {
  const planner = core.value;
  return planner && outcomeOf(planner, state.value);
});

/** What was drawn last, while what is typed cannot be drawn. */
export const lastGood = signal<Extract<Outcome, { drawing: Drawing }> | undefined>(undefined);

/** The ids of the rows that the last change made, or made otherwise. */
export const changedRows = signal<ReadonlySet<string>>(new Set());

/** Why what is typed cannot be drawn. */
export const mistake = computed<Mistake | undefined>(() => {
  const now = outcome.value;
  return now && "mistake" in now ? now.mistake : undefined;
});

let isOpening = false;

/** Loads the core, and keeps what was drawn last. */
export async function start(): Promise<void> {
  effect(() => {
    const now = outcome.value;
    if (!now || !("drawing" in now)) return;
    const before = lastGood.peek()?.picture;
    changedRows.value = before && !isOpening ? changesOf(before, now.picture) : new Set();
    lastGood.value = now;
  });
  core.value = await load();
}

/** Opens another state. Nothing of it counts as changed. */
export function open(next: PageState): void {
  isOpening = true;
  selected.value = undefined;
  state.value = next;
  isOpening = false;
}

/** Changes a part of the state. */
export function change(part: Partial<PageState>): void {
  state.value = { ...state.value, ...part };
}

function outcomeOf(planner: Core, input: PageState): Outcome {
  try {
    const drawing = drawingOf(planner, input);
    return { drawing, picture: pictureOf(drawing) };
  } catch (error) {
    if (error instanceof InputMistake) return { mistake: error };
    if (error instanceof RangeError) return { mistake: tooDeep(input) };
    throw error;
  }
}

// What is nested deeper than a stack has no meaning in any of the formats.
function tooDeep({ from }: PageState): Mistake {
  const places: Readonly<Record<PageState["from"], Place>> = {
    bundle: { in: "config", container: 0, path: "" },
    request: { in: "request", path: "" },
    table: { in: "table", line: 0 },
  };
  return { message: "This is nested too deep to be read", place: places[from] };
}

function pictureOf(drawing: Drawing): Picture {
  if (drawing.planned.length > 0) return pictureOfPlans(drawing.planned);
  return pictureOfTable(drawing.found, drawing.findings);
}
