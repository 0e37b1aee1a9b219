import { batch, computed, effect, signal } from "@preact/signals";
import { emptyState, type PageState } from "../link/state.ts";
import { type Core, load } from "../mod.ts";
import type { Picture } from "../picture/mod.ts";
import { Aside } from "./aside/aside.ts";
import { type Outcome, outcomeOf } from "./input/outcome.ts";
import type { Mistake } from "./input/place.ts";
import { type Drawing, withTable } from "./input/predicted.ts";
import { changesOf } from "./picture/changes.ts";

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

/** What was drawn last, while what is typed cannot be drawn or is not drawn yet. */
export const lastGood = signal<{ readonly drawing: Drawing; readonly picture: Picture } | undefined>(
  undefined,
);

/** Whether a large input is being drawn. */
export const isDrawing = signal(false);

/** The ids of the rows that the last change made, or made otherwise. */
export const changedRows = signal<ReadonlySet<string>>(new Set());

/** Why what is typed cannot be drawn. */
export const mistake = signal<Mistake | undefined>(undefined);

/** Whether the picture is not of what is typed. */
export const isStale = computed(() => isDrawing.value || mistake.value !== undefined);

// What has more characters than this takes longer to be drawn than a key stroke may.
const LARGE = 300_000;

const aside = new Aside();
let isOpening = false;

/** Loads the core, and keeps what was drawn last. */
export async function start(): Promise<void> {
  effect(() => {
    const [planner, input] = [core.value, state.value];
    if (planner) draw(planner, input);
  });
  core.value = await load();
}

function draw(planner: Core, input: PageState): void {
  const isChange = !isOpening;
  if (sizeOf(input) <= LARGE) {
    aside.stop();
    show(outcomeOf(planner, input), isChange);
    return;
  }
  isDrawing.value = true;
  aside.draw(input, (outcome) =>
    show(outcome === "no-worker" ? outcomeOf(planner, input) : outcome, isChange),
  );
}

function show(outcome: Outcome, isChange: boolean): void {
  batch(() => {
    isDrawing.value = false;
    mistake.value = "mistake" in outcome ? outcome.mistake : undefined;
    if ("mistake" in outcome) {
      // What was said of an earlier input does not hold for this one.
      notice.value = "";
      if (!isChange) lastGood.value = undefined;
      return;
    }
    const before = lastGood.peek()?.picture;
    changedRows.value = before && isChange ? changesOf(before, outcome.picture) : new Set();
    lastGood.value = { drawing: withTable(outcome.drawn), picture: outcome.picture };
  });
}

function sizeOf({ from, containers, request, table }: PageState): number {
  if (from === "table") return table.length;
  if (from === "request") return request.length;
  return containers.reduce((sum, { config, beside }) => sum + config.length + beside.length, 0);
}

/** The state as it was opened. */
export const opened = signal<PageState>(emptyState);

/** Opens another state. Nothing of it counts as changed, and no picture of another one is shown for it. */
export function open(next: PageState): void {
  isOpening = true;
  opened.value = next;
  selected.value = undefined;
  state.value = next;
  isOpening = false;
}

/** Changes a part of the state. */
export function change(part: Partial<PageState>): void {
  state.value = { ...state.value, ...part };
}
