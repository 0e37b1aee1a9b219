import { JsonWriter } from "../json/write";
import { List } from "../list";
import { Storage, writeStorages } from "../storage";
import { Text } from "../text";

/** Where the guest finds a shared or copied file, and what it has to mount for it (Kata's SharedFile). */
@final @unmanaged
export class SharedFile {
  storages: List<Storage> = new List<Storage>();
  /** The path on the host where the share is mounted; null if nothing is mounted. */
  hostPath: Text | null = null;
  /** The name of the share in the hub. */
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
