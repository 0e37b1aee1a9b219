import type { Curve, Picture } from "../../picture/mod.ts";

/** The curves of a row. */
export interface Ends {
  /** Those that lead to it. */
  readonly into: readonly Curve[];
  /** Those that lead from it. */
  readonly out: readonly Curve[];
}

interface OpenEnds {
  readonly into: Curve[];
  readonly out: Curve[];
}

const known = new WeakMap<Picture, ReadonlyMap<string, Ends>>();
const none: Ends = { into: [], out: [] };

/** The curves of a row of a picture. Of one picture they are put together once. */
export function endsOf(picture: Picture | undefined, id: string): Ends {
  if (!picture) return none;
  const ends = known.get(picture) ?? allEndsOf(picture);
  known.set(picture, ends);
  return ends.get(id) ?? none;
}

function allEndsOf({ curves }: Picture): ReadonlyMap<string, Ends> {
  const ends = new Map<string, OpenEnds>();
  const at = (id: string): OpenEnds => {
    const there = ends.get(id) ?? { into: [], out: [] };
    ends.set(id, there);
    return there;
  };
  for (const curve of curves) {
    at(curve.to).into.push(curve);
    at(curve.from).out.push(curve);
  }
  return ends;
}
