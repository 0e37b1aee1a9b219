import { type ChildProcess, spawn } from "node:child_process";
import { rmdirSync, rmSync } from "node:fs";
import { env, pid } from "node:process";
import type { OwnSocket } from "./own-socket.ts";

// The kernel tells this shell when we die, and kills the program when the shell dies: however this process ends, virtiofsd ends, and
// its socket and its lock are removed. The signal is sent for the thread that started the shell; $PPID says
// whether it was too late to ask for it (prctl(2), PR_SET_PDEATHSIG). The shell itself holds no stream, which could end it. A
// virtiofsd is two processes, and QEMU's own may miss the SIGTERM by which the inner one learns of the outer one's death: they are
// a group that is killed.
const script = `
parent=$1 socket=$2 lock=$3 room=$4 served= over= code=1
shift 4
umask 077
exec 3>&2 2>/dev/null
end() { kill -KILL "-$served" || kill -KILL "$served"; }
trap 'over=1; [ -z "$served" ] || end' TERM
[ "$PPID" = "$parent" ] || exit 1
[ -z "$room" ] || mkdir -- "$room" 2>&3 || exit 1
if [ -z "$over" ]; then
  setsid setpriv --pdeathsig KILL -- "$@" 2>&3 3>&- &
  served=$!
  exec 3>&-
  [ -z "$over" ] || end
  while :; do
    wait "$served"
    code=$?
    [ "$code" -gt 128 ] && kill -0 "$served" || break
  done
  kill -KILL "-$served"
fi
[ -z "$over" ] || code=137
rm -f -- "$socket" "$lock"
[ -z "$room" ] || rmdir -- "$room"
exit "$code"
`;

/**
 * Starts a command that serves on a socket, as the child of a shell that outlives this process for a moment and removes the
 * socket and the lock, and the directory that it makes for them. SIGTERM ends both.
 */
export function startKept(command: readonly string[], { path, room }: OwnSocket, lock: string): ChildProcess {
  const { RUST_LOG: _, ...environment } = env; // its level is an argument
  return spawn(
    "setpriv",
    [
      ...["--pdeathsig", "TERM", "--", "/bin/sh", "-c", script],
      ...["virtiofsd", String(pid), path, lock, room, ...command],
    ],
    // A session of its own: a terminal's Ctrl-C is not for it.
    { stdio: ["ignore", "ignore", "pipe"], cwd: "/", env: environment, detached: true },
  );
}

/** Removes what the shell would have, if a signal ended it that it could not take. The program ended with it. */
export function clearAfter({ signalCode }: ChildProcess, { path, room }: OwnSocket, lock: string): void {
  if (signalCode === null) return;
  try {
    for (const file of [path, lock]) if (file !== "") rmSync(file, { force: true });
    if (room !== "") rmdirSync(room);
  } catch (error) {
    if (!(error instanceof Error && "code" in error)) throw error; // what is somebody else's by now stays
  }
}
