import type { GuestProcess } from "./guest-process.ts";

/** Which process of which container. */
export interface ProcessName {
  readonly containerId: string;
  readonly execId: string;
}

/** The processes that each runtime uses, until their ends are told: two that read one process would have half of its output each. */
const inUse = new WeakMap<object, Map<string, GuestProcess>>();

const keyOf = ({ containerId, execId }: ProcessName) => `${containerId}/${execId}`;

/** The process of this name that a runtime uses. */
export function knownAt(runtime: object, name: ProcessName): GuestProcess | undefined {
  return inUse.get(runtime)?.get(keyOf(name));
}

/** The processes of a container that a runtime uses. */
export function knownIn(runtime: object, containerId: string): readonly GuestProcess[] {
  return [...(inUse.get(runtime)?.values() ?? [])].filter(({ container }) => container === containerId);
}

/** Makes a process known, in place of an earlier one of its name; `make` takes what makes it unknown again. */
export function known(
  runtime: object,
  name: ProcessName,
  make: (forget: () => void) => GuestProcess,
): GuestProcess {
  const all = inUse.get(runtime) ?? new Map<string, GuestProcess>();
  inUse.set(runtime, all);
  const key = keyOf(name);
  const process = make(() => {
    if (all.get(key) === process) all.delete(key);
  });
  all.set(key, process);
  return process;
}
