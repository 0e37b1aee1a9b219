import type { Process, Spec } from "../../../../ffi/agent/generated/oci_pb.ts";
import type { CopyFileRequest } from "../../../../ffi/agent/generated/volume_pb.ts";
import type { Generation } from "../../../../ffi/guest/generation.ts";
import type { AgentStorage } from "../../../../ffi/mod.ts";
import type { ByteQueue } from "./byte-queue.ts";

/** What becomes of the storages that an agent is sent. */
export interface StorageHands {
  /** Does what the agent's handler of the storage's driver does. */
  mount(storage: AgentStorage): Promise<void>;
  /** Undoes it: unmounts, or deletes the copy of what was watched. */
  unmount(storage: AgentStorage): Promise<void>;
}

/** What a played agent works in: a guest, or a directory that stands for one. */
export interface PlayedMachine extends StorageHands {
  /** Deletes all below /run/kata-containers, through whatever is mounted there. Failures are no matter. */
  clear(): Promise<void>;
  /** Has a container's root and its mounts where its program finds them. */
  enter(id: string, spec: Spec): Promise<void>;
  /** Undoes what `enter` did. */
  leave(id: string): Promise<void>;
  /** Whether a container has this program. */
  has(id: string, program: string): Promise<boolean>;
  /** Starts a program in a container. */
  run(id: string, process: Process, streams: ProcessStreams): Promise<RunningProcess>;
  /** What is in a file, in the guest; undefined where there is none. */
  read(path: string): Promise<Uint8Array | undefined>;
  /** Writes a piece of a file as the agent does. */
  copyFile(request: CopyFileRequest, generation: Generation): Promise<void>;
  /** Mounts memory of the guest anew, with other options. */
  remount(storage: AgentStorage): Promise<void>;
  /** Whether a process of a container was killed, since this was asked, because its memory ran out. */
  ranOut(id: string): Promise<boolean>;
  /** Size and free room of the filesystem at a path, in bytes and in inodes. */
  room(path: string): Promise<readonly Room[]>;
}

/** How much a filesystem has, and how much of it is free. */
export interface Room {
  readonly total: bigint;
  readonly available: bigint;
}

/** Where a process' output goes. With a terminal all of it is in `stdout`. */
export interface ProcessStreams {
  readonly stdout: ByteQueue;
  readonly stderr: ByteQueue;
}

/** A process that was started. */
export interface RunningProcess {
  write(bytes: Uint8Array): Promise<void>;
  closeStdin(): Promise<void>;
  signal(number: number): Promise<void>;
  /** Whether it handles a signal, instead of leaving it to the kernel. */
  handles(signal: number): Promise<boolean>;
  /** Its terminal's size. */
  resize(rows: number, columns: number): Promise<void>;
  /** Its status; 128 and the number of the signal for one that was killed. The streams have ended before. */
  readonly exited: Promise<number>;
}
