import { List } from "../list";
import { JsonWriter } from "../json/write";
import { refused } from "../refusal";
import { Step } from "../step";
import { Storage, writeStorages } from "../storage";
import { Text } from "../text";
import { ContainerAnswer } from "./container-answer";

/** Where a guest finds what was shared (Kata's SharedFile). */
@final @unmanaged
export class SharedFile {
  storages: List<Storage> = new List<Storage>();
  /** Where the share is mounted on the host; null where nothing is. */
  hostPath: Text | null = null;
  /** What it is called in the hub. */
  name: Text = Text.empty;

  constructor(readonly guestPath: Text) {}

  write(to: JsonWriter): void {
    to.field('{"guestPath":', this.guestPath);
    to.raw(',"storages":');
    writeStorages(to, this.storages);
    if (this.hostPath != null) to.field(',"hostPath":', this.hostPath!);
    to.raw("}");
  }
}

/** What is done for a request, in order, and what the caller gets to know. */
@final @unmanaged
export class Plan {
  steps: List<Step> = new List<Step>();
  shared: SharedFile | null = null;
  /** Whether the guest ignores what was to be shared. */
  isIgnored: bool = false;
  storages: List<Storage> | null = null;
  container: ContainerAnswer | null = null;

  constructor(
    /** The sandbox's directory on the host: what is locked, and where every target is reached from. */
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
