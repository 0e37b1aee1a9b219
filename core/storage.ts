import { List } from "./list";
import { JsonWriter } from "./json/write";
import { Text } from "./text";

/** Something that the agent mounts in the guest (message Storage of Kata's agent.proto). */
@final @unmanaged
export class Storage {
  driverOptions: List<Text> = new List<Text>();
  options: List<Text> = new List<Text>();

  constructor(
    readonly driver: string,
    readonly source: Text,
    readonly fstype: Text,
    readonly mountPoint: Text,
  ) {}

  option(option: Text): void {
    this.options.push(option);
  }

  write(to: JsonWriter): void {
    to.raw('{"driver":"').raw(this.driver).raw('","driverOptions":').strings(this.driverOptions);
    to.raw(',"source":').string(this.source);
    to.raw(',"fstype":').string(this.fstype);
    to.raw(',"options":').strings(this.options);
    to.raw(',"mountPoint":').string(this.mountPoint).raw("}");
  }
}

export function writeStorages(to: JsonWriter, storages: List<Storage>): void {
  to.raw("[");
  for (let i = 0; i < storages.length; i++) {
    if (i > 0) to.raw(",");
    storages[i].write(to);
  }
  to.raw("]");
}
