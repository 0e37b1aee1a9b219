import { setTimeout as sleep } from "node:timers/promises";
import type { Process } from "../../../ffi/agent/generated/oci_pb.ts";
import type { ByteQueue } from "../../support/agent/played/byte-queue.ts";
import type { ProcessStreams, RunningProcess } from "../../support/agent/played/machine.ts";
import type { Guest } from "./guest.ts";

interface Place {
  /** A group of processes that it joins, if it is there. */
  readonly group: string;
  /** The container's root. */
  readonly root: string;
  /** A directory of the guest for what is kept of the process. */
  readonly directory: string;
  readonly process: Process;
  readonly streams: ProcessStreams;
}

// The pipe has a writer until somebody closes it, so that the program's input does not end before.
const begin = (directory: string) => `mkdir -p ${directory} && cd ${directory} && mkfifo in
: >out; : >err
sleep 1000000 3<>in >/dev/null 2>&1 &
echo $! >writer`;

// It has its input and outputs before anybody else uses them: a terminal that was left once is over.
const run = ({ directory, group, process }: Place, streams: string, command: string) => `cd ${directory}
(
  (exec ${streams}; [ ! -e ${group} ] || echo 0 >${group}/cgroup.procs; : >begun; exec ${command}) &
  echo $! >pid
  wait $!
  echo $? >ending
  while ${process.terminal} && [ -e in ]; do sleep 0.02; done
  mv ending status
) >/dev/null 2>&1 </dev/null &
until [ -e begun ] || [ -e status ]; do sleep 0.02; done`;

/** Starts a program below a root in a guest, and follows what it prints. */
export async function runInGuest(guest: Guest, place: Place): Promise<RunningProcess> {
  const { directory, process } = place;
  const shell = (line: string) => guest.run("busybox", "sh", "-c", line);
  await shell(begin(directory));
  const terminal = process.terminal
    ? await guest.call<string>("terminal", `${directory}/in`, `${directory}/out`)
    : undefined;
  const streams = terminal === undefined ? "<in >out 2>err" : `<>${terminal} >&0 2>&0`;
  await shell(run(place, streams, `${terminal === undefined ? "" : "setsid -c "}${commandOf(place)}`));
  const pid = `$(cat ${directory}/pid)`;
  return {
    exited: follow(guest, place),
    write: async (bytes) => void (await guest.call("write", `${directory}/in`, Buffer.from(bytes))),
    closeStdin: async () => void (await shell(`kill $(cat ${directory}/writer)`)),
    signal: async (number) => void (await shell(`kill -${number} ${pid} 2>/dev/null; true`)),
    handles: async (signal) => {
      const caught = await shell(`grep SigCgt /proc/${pid}/status 2>/dev/null; true`);
      const bits = BigInt(`0x${/([0-9a-f]+)\s*$/.exec(caught)?.[1] ?? "0"}`);
      return ((bits >> BigInt(signal - 1)) & 1n) === 1n;
    },
    resize: async (rows, columns) => {
      if (terminal !== undefined) await shell(`stty -F ${terminal} rows ${rows} columns ${columns}`);
    },
  };
}

// In the container's root, with its variables alone, from its directory on.
function commandOf({ root, process }: Place): string {
  const { env, cwd, args } = process;
  const start = [
    ..."env -i".split(" "),
    ...env,
    "/bin/busybox",
    "sh",
    "-c",
    'cd "$0" && exec "$@"',
    cwd || "/",
  ];
  return ["chroot", root, ...start, ...args].map(quoted).join(" ");
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}

const SOONEST_MS = 20;
const LATEST_MS = 1000;

/** Hands on what the program prints until it has ended; its status. One that is silent is asked less and less often. */
async function follow(guest: Guest, { directory, streams }: Place): Promise<number> {
  const offsets = { out: 0, err: 0 };
  const ask = `cd ${directory}; status=$(cat status 2>/dev/null); wc -c <out; wc -c <err; echo $status`;
  const take = async (name: "out" | "err", queue: ByteQueue) => {
    const more = await guest.run("tail", "-c", `+${offsets[name] + 1}`, `${directory}/${name}`);
    const bytes = new TextEncoder().encode(more);
    offsets[name] += bytes.length;
    queue.push(bytes);
  };
  for (let waitMs = SOONEST_MS; ; waitMs = Math.min(waitMs * 1.5, LATEST_MS)) {
    const [out, err, status = ""] = (await guest.run("sh", "-c", ask)).split("\n").map((line) => line.trim());
    const isNew = Number(out) > offsets.out || Number(err) > offsets.err;
    if (isNew) waitMs = SOONEST_MS;
    if (Number(out) > offsets.out) await take("out", streams.stdout);
    if (Number(err) > offsets.err) await take("err", streams.stderr);
    if (status !== "") return end(guest, directory, streams, Number(status));
    await sleep(waitMs);
  }
}

async function end(
  guest: Guest,
  directory: string,
  streams: ProcessStreams,
  status: number,
): Promise<number> {
  streams.stdout.end();
  streams.stderr.end();
  await guest.run("sh", "-c", `kill $(cat ${directory}/writer) 2>/dev/null; true`);
  return status;
}
