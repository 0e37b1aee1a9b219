import type { FilePlace } from "./host-place.ts";

/** What was found among the mounts below sources: thousands of sources of a container may have the same ones below them. */
export class MountsBelow<Found> {
  readonly #known = new WeakMap<readonly FilePlace[], { readonly found: Found | undefined }>();
  readonly #find: (mounts: readonly FilePlace[]) => Found | undefined;

  /** Finds by this, once in each list. */
  constructor(find: (mounts: readonly FilePlace[]) => Found | undefined) {
    this.#find = find;
  }

  /** What is found among these. */
  in(mounts: readonly FilePlace[]): Found | undefined {
    const known = this.#known.get(mounts) ?? { found: this.#find(mounts) };
    this.#known.set(mounts, known);
    return known.found;
  }
}
