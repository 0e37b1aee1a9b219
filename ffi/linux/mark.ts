import { S_IFREG } from "./constants.ts";
import { EEXIST, EISDIR, ELOOP, ENOENT, ENOSPC, ENXIO } from "./errno.ts";
import type { Machine } from "./machine.ts";
import type { Place } from "./names.ts";
import { type Namespace, ownNamespace } from "./namespace.ts";
import type { Statx } from "./structs.ts";
import { failAfter, SyscallError, unlessMissing, unlessOneOf } from "./syscall-error.ts";
import type { Syscalls } from "./syscalls.ts";

// A mark is a file of one line in a sandbox's directory: it says in which mount namespace the sandbox lives.

/** What the mark is called in the sandbox's directory. */
export const MARK = "namespace";

// Every mark is shorter.
const ROOM = 1024;

/** Writes the mark of this namespace; false where it is there already. The mark of a namespace that is gone is replaced. */
export function makeMark(machine: Machine, place: Place, sandbox: Statx): boolean {
  const { sys } = machine;
  const own = ownNamespace(machine, sandbox);
  let made = makeFile(sys, place);
  if (made === undefined) {
    const found = readMark(sys, place.directory);
    if (found && isSame(found, own)) return false;
    removeFile(sys, place, "something that is no mark has this name");
    made = sys.makeFileToWrite(place.directory, place.name);
  }
  const line = new TextEncoder().encode(`${JSON.stringify(own)}\n`);
  try {
    // In one piece, so that nobody reads half a mark. A writer that is killed before the write leaves an empty file.
    sys.using(made, (fd) => {
      if (sys.write(fd, line) !== line.length) throw new SyscallError("write", ENOSPC);
    });
  } catch (error) {
    failAfter(error, () => sys.unlink(place.directory, place.name));
  }
  return true;
}

function makeFile(sys: Syscalls, { directory, name }: Place): number | undefined {
  return unlessOneOf([EEXIST], () => sys.makeFileToWrite(directory, name));
}

/** Removes the mark; false where there is none. */
export function removeMark({ sys }: Machine, place: Place): boolean {
  return removeFile(sys, place, "it is no mark of ours; remove it yourself");
}

/** The namespace in the mark of a sandbox's directory; undefined where no mark can be read. */
export function readMark(sys: Syscalls, directory: number): Namespace | undefined {
  const bytes = new Uint8Array(ROOM);
  try {
    const length = sys.using(sys.openToRead(directory, MARK), (fd) => sys.read(fd, bytes, ROOM));
    return parse(bytes.subarray(0, length));
  } catch (error) {
    const isNone = error instanceof SyscallError && [ENOENT, ELOOP, ENXIO, EISDIR].includes(error.errno);
    if (isNone) return undefined;
    throw error;
  }
}

function removeFile(sys: Syscalls, { directory, name }: Place, otherwise: string): boolean {
  const found = unlessMissing(() => sys.statx(directory, name));
  if (!found) return false;
  if (found.type !== S_IFREG) throw new SyscallError("statx", EEXIST, otherwise);
  sys.unlink(directory, name);
  return true;
}

function parse(bytes: Uint8Array): Namespace | undefined {
  try {
    const said = JSON.parse(new TextDecoder().decode(bytes)) as Namespace;
    return isNamespace(said) ? said : undefined;
  } catch {
    return undefined;
  }
}

function isNamespace(said: Namespace): boolean {
  const { boot, id = 0, inode, userInode, process, started } = said;
  return (
    typeof boot === "string" &&
    [id, inode, userInode, process, started].every((number) => Number.isSafeInteger(number))
  );
}

// A process behind a seccomp filter may not know its namespace's id; a container may not know the boot.
function isSame(one: Namespace, other: Namespace): boolean {
  const isSameId = one.id === undefined || other.id === undefined || one.id === other.id;
  const isSameBoot = one.boot === "" || other.boot === "" || one.boot === other.boot;
  return isSameId && isSameBoot && one.inode === other.inode;
}
