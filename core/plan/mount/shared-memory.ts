import { inArray } from "../../json/path";
import { List } from "../../list";
import { memorySizeOf, PERCENTAGE } from "../../memory-size";
import { refuse } from "../../refusal";
import { RequestLocation } from "../../request/location";
import { Sandbox } from "../../request/sandbox";
import { Storage } from "../../storage";
import { Text } from "../../text";
import { PROPAGATIONS } from "../bind-options";
import { SharedFile } from "../shared-file";
import { Outcome } from "./outcome";
import { isBind } from "./volume-kind";

// /dev/shm is memory of the guest, of the whole sandbox or of one container.

// Kata's DefaultShmSize.
const DEFAULT_SIZE: i64 = 65536 * 1024;

const MOUNT_POINT: string = "/run/kata-containers/sandbox/shm";

// Options that every tmpfs of the guest fulfils.
const FULFILLED: StaticArray<string> = ["rw", "bind", "rbind", "defaults"];

/** The storage of the /dev/shm that all containers of the sandbox use. */
export function sandboxMemory(size: i64): Storage {
  const storage = new Storage("ephemeral", Text.of("shm"), Text.of("tmpfs"), Text.of(MOUNT_POINT));
  storage.options = optionsWith(Text.of("size=") + Text.ofNumber(size));
  return storage;
}

/** Plans a container's /dev/shm: the sandbox's, or one of its own with the size that its options say (Kata's handleShm). */
export function planShm(sandbox: Sandbox, outcome: Outcome, location: RequestLocation): void {
  outcome.hasOptions = true;
  const size = sizeOf(outcome, location);
  if (sandbox.shmSize > 0) {
    noteIgnoredOptions(outcome, optionsWith(Text.of("size=") + Text.ofNumber(sandbox.shmSize)), size);
    outcome.type = Text.of("bind");
    outcome.source = Text.of(MOUNT_POINT);
    outcome.options = new List<Text>();
    outcome.options.push(Text.of("rbind"));
    outcome.shared = new SharedFile(outcome.source!);
    return;
  }
  const options = optionsWith(size != null ? size : Text.of("size=") + Text.ofNumber(DEFAULT_SIZE));
  noteIgnoredOptions(outcome, options, size);
  outcome.type = Text.of("tmpfs");
  outcome.source = Text.of("shm");
  outcome.options = options;
}

function optionsWith(size: Text): List<Text> {
  const options: List<Text> = new List<Text>();
  options.push(Text.of("noexec"));
  options.push(Text.of("nosuid"));
  options.push(Text.of("nodev"));
  options.push(Text.of("mode=1777"));
  options.push(size);
  return options;
}

// The last option "size=" of a tmpfs, as the kernel takes it, in bytes unless it is a percentage. Null for a bind.
function sizeOf(outcome: Outcome, location: RequestLocation): Text | null {
  if (isBind(outcome.mount)) return null;
  const options = outcome.mount.options;
  for (let i = options.length - 1; i >= 0; i--) {
    if (!options[i].startsWith("size=")) continue;
    const bytes = memorySizeOf(options[i].from(5));
    if (bytes == PERCENTAGE) return options[i];
    if (bytes < 0) refuse("bad-size", options[i], inArray(location.of("options"), i));
    return Text.of("size=") + Text.ofNumber(bytes);
  }
  return null;
}

// Notes the options of the mount that are not among the `given` ones of the memory.
function noteIgnoredOptions(outcome: Outcome, given: List<Text>, size: Text | null): void {
  const options = outcome.mount.options;
  for (let i = 0; i < options.length; i++) {
    const option = options[i];
    const wanted = size != null && option.startsWith("size=") ? size : option;
    if (option.indexIn(FULFILLED) >= 0 || option.indexIn(PROPAGATIONS) >= 0 || hasText(given, wanted)) continue;
    outcome.ignoredOptions.push(option);
  }
}

function hasText(texts: List<Text>, text: Text): bool {
  for (let i = 0; i < texts.length; i++) {
    if (texts[i].equals(text)) return true;
  }
  return false;
}
