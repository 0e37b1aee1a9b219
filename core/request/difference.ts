import { JsonReader } from "../json/read";
import { List } from "../list";
import { Text } from "../text";
import { readDirectory, readWord } from "./values";

export enum DifferenceKind { Missing, Changed, Surplus, Leftover }
const KINDS: StaticArray<string> = ["missing", "changed", "surplus", "leftover"];

/** Something in a sandbox's directory that is not as it should be. */
@final @unmanaged
export class Difference {
  kind: DifferenceKind = DifferenceKind.Missing;
  /** Where a mount is or should be, or the path of a file that was left. */
  target: Text = Text.empty;
}

/** Reads the field "differences". */
export function readDifferences(json: JsonReader): List<Difference> {
  const differences: List<Difference> = new List<Difference>();
  json.array();
  while (json.item()) differences.push(readDifference(json));
  return differences;
}

function readDifference(json: JsonReader): Difference {
  const difference = new Difference();
  let hasKind = false;
  json.object();
  while (json.field()) {
    if (json.is("target")) difference.target = readDirectory(json);
    else if (json.is("kind")) {
      difference.kind = readWord(json, KINDS);
      hasKind = true;
    } else json.unknownField();
  }
  json.require(hasKind, "kind");
  json.require(difference.target.length > 0, "target");
  return difference;
}
