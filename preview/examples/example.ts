import type { PageState } from "../../link/state.ts";

/** A state of the page that teaches one thing. */
export interface Example {
  readonly name: string;
  readonly title: string;
  /** The one thing, as a sentence. */
  readonly teaches: string;
  readonly state: Partial<PageState>;
}
