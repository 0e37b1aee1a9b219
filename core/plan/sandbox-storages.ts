import * as directories from "../directories";
import { List } from "../list";
import { Profile, Sandbox, SharedFs } from "../request/sandbox";
import { Storage } from "../storage";
import { Text } from "../text";
import { sandboxMemory } from "./mount/shared-memory";

// Kata's default for msize_9p.
const DEFAULT_MSIZE_9P: i64 = 8192;

/** What the guest mounts once for the whole sandbox (Kata's setupStorages): the shared directory and /dev/shm. */
export function sandboxStorages(sandbox: Sandbox): List<Storage> {
  const storages: List<Storage> = new List<Storage>();
  if (sandbox.sharesFilesystem()) storages.push(sharedDirectory(sandbox));
  if (sandbox.shmSize > 0) storages.push(sandboxMemory(sandbox.shmSize));
  return storages;
}

function sharedDirectory(sandbox: Sandbox): Storage {
  const isNydus = sandbox.sharedFs == SharedFs.VirtioFsNydus;
  const directory = isNydus ? directories.guestNydusDirectory(sandbox) : directories.guestDirectory(sandbox);
  const mountPoint = directory.is("/") ? directory : directory + Text.of("/");
  const tag = Text.of(sandbox.profile == Profile.Vm ? "guestshare" : "kataShared");
  if (sandbox.sharedFs == SharedFs.Virtio9p) {
    const storage = new Storage("9p", tag, Text.of("9p"), mountPoint);
    storage.option(Text.of("trans=virtio,version=9p2000.L,cache=mmap"));
    storage.option(Text.of("nodev"));
    storage.option(Text.of("msize=") + Text.ofNumber(sandbox.msize9p > 0 ? sandbox.msize9p : DEFAULT_MSIZE_9P));
    return storage;
  }
  const storage = new Storage("virtio-fs", tag, Text.of("virtiofs"), mountPoint);
  if (usesDax(sandbox)) storage.option(Text.of("dax"));
  return storage;
}

// DAX maps file data, which these caches do not hold. "none" is the older name of "never".
function usesDax(sandbox: Sandbox): bool {
  if (sandbox.virtioFsCacheSize == 0) return false;
  const cache = sandbox.virtioFsCache;
  return cache == null || !(cache.is("never") || cache.is("none") || cache.is("metadata"));
}
