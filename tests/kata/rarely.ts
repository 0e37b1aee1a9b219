import fc from "fast-check";

/** One value now and then, else the other. */
export function rarely<Value>(rare: Value, usual: Value): fc.Arbitrary<Value> {
  return fc.oneof({ weight: 1, arbitrary: fc.constant(rare) }, { weight: 11, arbitrary: fc.constant(usual) });
}
