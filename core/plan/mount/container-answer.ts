import { coveredBy } from "../../covering";
import { JsonWriter } from "../../json/write";
import { List } from "../../list";
import { lexical } from "../../path";
import { refused } from "../../refusal";
import { Text } from "../../text";
import { Outcome } from "./outcome";

/** The part of a plan of `shareContainer` that other plans do not have. */
@final @unmanaged
export class ContainerAnswer {
  readonly outcomes: List<Outcome> = new List<Outcome>();

  constructor(
    readonly rootPath: Text,
    readonly readonlyRootfs: bool,
  ) {}

  /** Finds the mounts that later mounts cover. The guest makes all mounts that are kept, in their order. */
  findCovered(): void {
    const keptIndexes: List<i32> = new List<i32>();
    const paths: List<Text> = new List<Text>();
    for (let i = 0; i < this.outcomes.length; i++) {
      if (!this.outcomes[i].isKept) continue;
      keptIndexes.push(i);
      paths.push(lexical(this.outcomes[i].mount.destination));
    }
    const covering = coveredBy(paths);
    for (let i = 0; i < keptIndexes.length; i++) {
      if (covering[i] >= 0) this.outcomes[keptIndexes[i]].coveredBy = keptIndexes[covering[i]];
    }
  }

  /** Writes the fields. */
  write(to: JsonWriter): void {
    to.raw(',"mounts":');
    let count = 0;
    for (let i = 0; i < this.outcomes.length && !refused(); i++) {
      if (this.outcomes[i].isKept) this.outcomes[i].writeMount(to.raw(count++ == 0 ? "[" : ","));
    }
    to.raw(count == 0 ? "[]" : "]");
    to.field(',"rootPath":', this.rootPath);
    if (this.readonlyRootfs) to.raw(',"readonlyRootfs":true');
    to.raw(',"outcomes":[');
    for (let i = 0; i < this.outcomes.length && !refused(); i++) {
      if (i > 0) to.raw(",");
      this.outcomes[i].write(to);
    }
    to.raw("]");
  }
}
