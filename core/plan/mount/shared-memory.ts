import { List } from "../list";
import { memorySizeOf, OF_MEMORY } from "../memory-size";
import { inArray } from "../json/path";
import { Place } from "../place";
import { refuse } from "../refusal";
import { Sandbox } from "../request/sandbox";
import { Storage } from "../storage";
import { Text } from "../text";
import { Outcome } from "./container-answer";
import { PROPAGATIONS } from "./options";
import { SharedFile } from "./shared-file";
import { isBind } from "./volume-kind";

// What is at /dev/shm is the guest's memory: of the whole sandbox, or of one container.

// Kata's DefaultShmSize.
const DEFAULT_SIZE: i64 = 65536 * 1024;

const MOUNT_POINT: string = "/run/kata-containers/sandbox/shm";

// Words that ask for nothing that any memory of the guest would not have.
const FULFILLED: StaticArray<string> = ["rw", "bind", "rbind", "defaults"];

/** The memory that the containers of a sandbox have together. */
export function sandboxMemory(size: i64): Storage {
  const storage = new Storage("ephemeral", Text.of("shm"), Text.of("tmpfs"), Text.of(MOUNT_POINT));
  storage.options = optionsWith(Text.of("size=") + Text.ofNumber(size));
  return storage;
}

/** The container's /dev/shm: the sandbox's, or one of its own (Kata's handleShm), which is as large as is asked for. */
export function planShm(sandbox: Sandbox, outcome: Outcome, place: Place): void {
  outcome.hasOptions = true;
  const size = sizeOf(outcome, place);
  if (sandbox.shmSize > 0) {
    ignoreAllBut(outcome, optionsWith(Text.of("size=") + Text.ofNumber(sandbox.shmSize)), size);
    outcome.type = Text.of("bind");
    outcome.source = Text.of(MOUNT_POINT);
    outcome.options = new List<Text>();
    outcome.options.push(Text.of("rbind"));
    outcome.shared = new SharedFile(outcome.source!);
    return;
  }
  const options = optionsWith(size != null ? size : Text.of("size=") + Text.ofNumber(DEFAULT_SIZE));
  ignoreAllBut(outcome, options, size);
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

// The size that a tmpfs asks for, in bytes where they are known; of several the last, as in the kernel. A bind has none.
function sizeOf(outcome: Outcome, place: Place): Text | null {
  if (isBind(outcome.mount)) return null;
  const options = outcome.mount.options;
  for (let i = options.length - 1; i >= 0; i--) {
    if (!options[i].startsWith("size=")) continue;
    const bytes = memorySizeOf(options[i].from(5));
    if (bytes == OF_MEMORY) return options[i];
    if (bytes < 0) refuse("bad-size", options[i], inArray(place.of("options"), i));
    return Text.of("size=") + Text.ofNumber(bytes);
  }
  return null;
}

// What is asked for and not among the options that the memory has.
function ignoreAllBut(outcome: Outcome, given: List<Text>, size: Text | null): void {
  const options = outcome.mount.options;
  for (let i = 0; i < options.length; i++) {
    const option = options[i];
    const asked = size != null && option.startsWith("size=") ? size : option;
    if (option.placeIn(FULFILLED) >= 0 || option.placeIn(PROPAGATIONS) >= 0 || includesText(given, asked)) continue;
    outcome.ignoredOptions.push(option);
  }
}

function includesText(texts: List<Text>, text: Text): bool {
  for (let i = 0; i < texts.length; i++) {
    if (texts[i].equals(text)) return true;
  }
  return false;
}
