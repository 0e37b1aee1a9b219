/** Where in the input something is. */
export type Place =
  /** A field of the sandbox's form. */
  | { readonly in: "sandbox"; readonly field: string }
  /** A JSON path in a container's config.json, or in what is beside it. */
  | { readonly in: "config" | "beside"; readonly container: number; readonly path: string }
  /** What is said of a source. */
  | { readonly in: "source"; readonly source: string }
  /** A JSON path in the request. */
  | { readonly in: "request"; readonly path: string }
  /** A line of the mount table, from 1; 0 is all of it. */
  | { readonly in: "table"; readonly line: number };

/** What keeps the input from being drawn. */
export interface Mistake {
  /** A sentence for the person who typed it. */
  readonly message: string;
  readonly place: Place;
}

/** An input that cannot be read; caught where the page draws. */
export class InputMistake extends Error implements Mistake {
  override readonly name = "InputMistake";
  readonly place: Place;

  constructor(message: string, place: Place) {
    super(message);
    this.place = place;
  }
}

/** The tab of the input that has a place. */
export function tabOf(place: Place): "bundle" | "sandbox" | "sources" | "request" | "table" {
  if (place.in === "config" || place.in === "beside") return "bundle";
  return place.in === "source" ? "sources" : place.in;
}
