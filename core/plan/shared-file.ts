import { List } from "../list";
import { JsonWriter } from "../json/write";
import { Storage, writeStorages } from "../storage";
import { Text } from "../text";

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
