import type { PageState } from "../../link/state.ts";

/** A text that somebody dropped or pasted, as a change of the page. */
export interface TakenText {
  readonly state: PageState;
  /** What it was taken for. */
  readonly what: string;
}
