import { JsonWriter } from "../json/write";
import { List } from "../list";
import { refused } from "../refusal";
import { Step } from "../step";
import { Storage, writeStorages } from "../storage";
import { Text } from "../text";
import { ContainerAnswer } from "./mount/container-answer";
import { SharedFile } from "./shared-file";

/** The steps for a request, in order, and what the caller gets besides. */
@final @unmanaged
export class Plan {
  steps: List<Step> = new List<Step>();
  shared: SharedFile | null = null;
  /** Whether the guest ignores the file that was to be shared. */
  isIgnored: bool = false;
  storages: List<Storage> | null = null;
  container: ContainerAnswer | null = null;

  constructor(
    /** The sandbox's directory on the host. It is locked, and every target is opened from it. */
    readonly directory: Text,
  ) {}

  add(step: Step): void {
    this.steps.push(step);
  }

  write(to: JsonWriter): void {
    to.field('{"directory":', this.directory).raw(',"steps":[');
    for (let i = 0; i < this.steps.length && !refused(); i++) {
      if (i > 0) to.raw(",");
      this.steps[i].write(to);
    }
    to.raw("]");
    if (this.shared != null) {
      to.raw(',"shared":');
      this.shared!.write(to);
    }
    if (this.isIgnored) to.raw(',"shared":null');
    if (this.storages != null) {
      to.raw(',"storages":');
      writeStorages(to, this.storages!);
    }
    if (this.container != null) this.container!.write(to);
    to.raw("}");
  }
}
