import assert from "node:assert/strict";
import { create, fromBinary } from "@bufbuild/protobuf";
import fc from "fast-check";
import { ContainerSchema } from "../../../ffi/nri/generated/container_pb.ts";
import { ValidateContainerAdjustmentRequestSchema } from "../../../ffi/nri/generated/events_pb.ts";
import { adjustedMounts } from "../../../node/gate/adjusted-mounts.ts";
import { bytesOf } from "./messages.ts";

const names = fc.constantFrom("a", "b", "c", "..", ".", "", "\u{1f600}", "\uffee", "-a", "a b");
const destination = fc.array(names, { maxLength: 4 }).map((parts) => parts.join("/"));
const anyDestination = fc
  .tuple(fc.constantFrom("/", "/", "/", ""), destination)
  .map((parts) => parts.join(""));
const mount = (at: fc.Arbitrary<string>) =>
  fc.record({ destination: at, source: fc.constantFrom("/s", "/t"), type: fc.constant("bind") });
const adjustment = fc.tuple(fc.constantFrom("", "", "-"), anyDestination).map((parts) => parts.join(""));
const anySubject = fc.record({
  mounts: fc.array(mount(anyDestination), { maxLength: 12 }),
  adjust: fc.array(mount(adjustment), { maxLength: 8 }),
});

/** Whether a gate sees the mounts that NRI's library makes of a container and its adjustments; `adjusted` has it do that. */
export async function holdMounts(adjusted: (request: Uint8Array) => Promise<Uint8Array>): Promise<number> {
  const subjects = fc.sample(anySubject, { numRuns: 5000, seed: 12 });
  for (const { mounts, adjust } of subjects) {
    const init = { container: { id: "c1", mounts }, adjust: { mounts: adjust } };
    const { container, adjust: given } = create(ValidateContainerAdjustmentRequestSchema, init);
    const bytes = await adjusted(bytesOf(ValidateContainerAdjustmentRequestSchema, init));
    const rowsOf = (all: readonly { destination: string; source: string }[]) =>
      all.map(({ destination, source }) => `${destination} ${source}`);
    // The library's sort is not stable: mounts with one destination may come in any order.
    const sorted = (rows: readonly string[]) => (adjust.length === 0 ? rows : rows.toSorted());
    const library = fromBinary(ContainerSchema, bytes).mounts;
    assert.ok(container);
    const ours = adjustedMounts({ container, adjust: given });
    const shown = JSON.stringify({ mounts, adjust });
    assert.deepEqual(sorted(rowsOf(ours)), sorted(rowsOf(library)), shown);
    const places = (all: readonly { destination: string }[]) => all.map((one) => one.destination);
    assert.deepEqual(places(ours), places(library), shown);
  }
  return subjects.length;
}
