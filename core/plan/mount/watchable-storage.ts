import * as directories from "../../directories";
import { join } from "../../path";
import { Container } from "../../request/container";
import { Sandbox } from "../../request/sandbox";
import { shareName } from "../../share-name";
import { Storage } from "../../storage";
import { Text } from "../../text";
import { SharedFile } from "../shared-file";
import { Outcome } from "./outcome";

/**
 * The storage of a configmap or secret that the agent watches. virtio-fs has no inotify, so the agent polls the share and
 * copies changed files to the storage's mount point.
 *
 * The agent has one copy for each mount point: it is made for the first container that names the mount point, and deleted with
 * that container. So each mount of each container has a mount point of its own, even if they use one share.
 */
export function watchableStorage(sandbox: Sandbox, container: Container, outcome: Outcome, random: Text): Storage {
  const share = outcome.shared!;
  const directory = join(directories.guestDirectory(sandbox), Text.of("watchable"));
  const mountPoint = join(directory, shareName(container.id, random, outcome.mount.destination));
  const storage = new Storage("watchable-bind", share.guestPath, Text.of("bind"), mountPoint);
  storage.options = outcome.options;
  const shared = new SharedFile(share.guestPath);
  shared.hostPath = share.hostPath;
  shared.storages.push(storage);
  outcome.shared = shared;
  outcome.source = mountPoint;
  return storage;
}
