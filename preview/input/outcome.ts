import type { PageState } from "../../link/state.ts";
import type { Core } from "../../mod.ts";
import { type Picture, pictureOfPlans, pictureOfTable } from "../../picture/mod.ts";
import { type Drawn, drawnOf } from "./draw.ts";
import { InputMistake, type Mistake, type Place } from "./place.ts";

/** What is drawn of an input, or why it cannot be. Data, so that a worker can send it. */
export type Outcome = { readonly drawn: Drawn; readonly picture: Picture } | { readonly mistake: Mistake };

/** What is drawn of an input. */
export function outcomeOf(core: Core, input: PageState): Outcome {
  try {
    const drawn = drawnOf(core, input);
    return { drawn, picture: pictureOf(drawn) };
  } catch (error) {
    if (error instanceof InputMistake) return { mistake: { message: error.message, place: error.place } };
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

function pictureOf({ planned, found, findings }: Drawn): Picture {
  return planned.length > 0 ? pictureOfPlans(planned) : pictureOfTable(found, findings);
}
