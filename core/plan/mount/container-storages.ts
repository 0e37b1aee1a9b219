import { List } from "../../list";
import { Storage } from "../../storage";

/** The storages of a container's mounts, by kind. */
@final @unmanaged
export class ContainerStorages {
  readonly layers: List<Storage> = new List<Storage>();
  readonly watchable: List<Storage> = new List<Storage>();
  readonly ephemeral: List<Storage> = new List<Storage>();
  readonly hugepages: List<Storage> = new List<Storage>();
  readonly local: List<Storage> = new List<Storage>();
  readonly disks: List<Storage> = new List<Storage>();
  readonly subPaths: List<Storage> = new List<Storage>();

  /** All storages in the order in which the agent gets them (Kata's createContainer), with those of the root filesystem. */
  inOrder(root: List<Storage>): List<Storage> {
    const storages: List<Storage> = new List<Storage>();
    addAll(storages, this.layers);
    addAll(storages, root);
    addAll(storages, this.watchable);
    addAll(storages, this.ephemeral);
    addAll(storages, this.hugepages);
    addAll(storages, this.local);
    addAll(storages, this.disks);
    addAll(storages, this.subPaths);
    return storages;
  }
}

function addAll(storages: List<Storage>, more: List<Storage>): void {
  for (let i = 0; i < more.length; i++) storages.push(more[i]);
}
