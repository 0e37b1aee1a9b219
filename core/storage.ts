import { JsonWriter } from "./json/write";
import { List } from "./list";
import { refused } from "./refusal";
import { ChangePolicy } from "./request/mount";
import { Text } from "./text";

/** Something that the agent mounts in the guest (message Storage of Kata's agent.proto). */
@final @unmanaged
export class Storage {
  driverOptions: List<Text> = new List<Text>();
  options: List<Text> = new List<Text>();
  /** The group that the agent gives the files of a disk to; -1 for none. */
  group: i64 = -1;
  groupChangePolicy: ChangePolicy = ChangePolicy.Always;
  /** Whether the agent keeps it mounted after the last container that uses it has ended. */
  isShared: bool = false;

  constructor(
    readonly driver: string,
    public source: Text,
    public fstype: Text,
    public mountPoint: Text,
  ) {}

  option(option: Text): void {
    this.options.push(option);
  }

  write(to: JsonWriter): void {
    to.raw('{"driver":"').raw(this.driver).raw('","driverOptions":').strings(this.driverOptions);
    to.field(',"source":', this.source);
    to.field(',"fstype":', this.fstype);
    to.raw(',"options":').strings(this.options);
    to.field(',"mountPoint":', this.mountPoint);
    if (this.group >= 0) {
      to.raw(',"fsGroup":{"groupId":').integer(this.group);
      const isAlways = this.groupChangePolicy == ChangePolicy.Always;
      to.raw(isAlways ? ',"groupChangePolicy":"Always"}' : ',"groupChangePolicy":"OnRootMismatch"}');
    }
    if (this.isShared) to.raw(',"shared":true');
    to.raw("}");
  }
}

/** Writes storages as an array. */
export function writeStorages(to: JsonWriter, storages: List<Storage>): void {
  to.raw("[");
  for (let i = 0; i < storages.length && !refused(); i++) {
    if (i > 0) to.raw(",");
    storages[i].write(to);
  }
  to.raw("]");
}
