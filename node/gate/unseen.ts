/** What a container gets that is no mount when a gate is asked, and that no rule is about. */
export interface Unseen {
  /**
   * The kind: a device of CDI, whose mounts the runtime adds later; a hook, a program that runs as root on the host; a device by its
   * number; a namespace that is neither new nor the pod's own; an interface of the host's network that is moved into the container.
   */
  readonly code: "cdi-device" | "hook" | "device" | "namespace" | "net-device";
  /** Its JSON path in what the runtime asked. */
  readonly path: string;
  /** The device's name, the hook's program, the device with its numbers, the namespace's path, or the interface. */
  readonly subject: string;
}

/** A namespace, as NRI has it: a new one where it has no path. */
export interface GateNamespace {
  /** Its kind, such as "ipc". */
  readonly type: string;
  /** The file that it is joined by; empty for a new one. */
  readonly path: string;
}

/** What may have devices, hooks and namespaces: a container, or the adjustments of all plugins. */
export interface Bearer {
  /** Its devices of CDI. */
  readonly CDIDevices?: readonly { readonly name: string }[] | undefined;
  /** Its hooks, as NRI's Hooks has them. */
  readonly hooks?: object | undefined;
  /** What it has of Linux beside its resources. */
  readonly linux?: GateLinux | undefined;
}

/** What a container has of Linux: devices of the host and namespaces. */
export interface GateLinux {
  /** Devices by their numbers. */
  readonly devices?: readonly GateDevice[] | undefined;
  /** Namespaces, new ones and others. */
  readonly namespaces?: readonly GateNamespace[] | undefined;
  /** Interfaces of the host by their names there. */
  readonly netDevices?: Readonly<Record<string, object>> | undefined;
}

/** A device: where it will be, "b", "c" or "p", and its numbers. */
export interface GateDevice {
  /** Where the container will have it. */
  readonly path: string;
  /** "b", "c" or "p". */
  readonly type: string;
  /** The number of its driver. */
  readonly major: bigint | number;
  /** The number that the driver has for it. */
  readonly minor: bigint | number;
}

/** A pod, by whose process and namespaces those of its containers are known. */
export interface NamespaceOwner {
  /** Its sandbox's process, by the number that the runtime has for it. */
  readonly pid?: number | undefined;
  /** What it has of Linux: the files by which its namespaces are joined. */
  readonly linux?: { readonly namespaces?: readonly GateNamespace[] | undefined } | undefined;
}

type HookKind =
  | "prestart"
  | "createRuntime"
  | "createContainer"
  | "startContainer"
  | "poststart"
  | "poststop";
type Hooks = Readonly<Partial<Record<HookKind, readonly { readonly path: string }[]>>>;

const hookKinds: readonly HookKind[] = [
  ...(["prestart", "createRuntime", "createContainer", "startContainer", "poststart", "poststop"] as const),
];

/** What no rule can judge, and could mount anything in the container, or show it what is the host's. */
export function unseenOf({
  pod = {},
  container,
  adjust,
}: {
  pod?: NamespaceOwner | undefined;
  container: Bearer;
  adjust?: Bearer | undefined;
}): Unseen[] {
  return [...unseenIn("container", container, pod), ...(adjust ? unseenIn("adjust", adjust, pod) : [])];
}

function unseenIn(
  name: string,
  { CDIDevices = [], hooks = {}, linux = {} }: Bearer,
  pod: NamespaceOwner,
): Unseen[] {
  const devices = CDIDevices.map((device, i) => {
    return { code: "cdi-device", path: `${name}.CDI_devices[${i}]`, subject: device.name } as const;
  });
  const found = hookKinds.flatMap((kind) =>
    ((hooks as Hooks)[kind] ?? []).map(({ path }, i) => {
      return { code: "hook", path: `${name}.hooks.${kind}[${i}]`, subject: path } as const;
    }),
  );
  return [...devices, ...found, ...unseenOfLinux(`${name}.linux`, linux, pod)];
}

function unseenOfLinux(name: string, linux: GateLinux, pod: NamespaceOwner): Unseen[] {
  const { devices = [], namespaces = [], netDevices = {} } = linux;
  const numbered = devices.map(({ path, type, major, minor }, i) => {
    const subject = `${path} (${type} ${major}:${minor})`;
    return { code: "device", path: `${name}.devices[${i}]`, subject } as const;
  });
  const joined = namespaces.flatMap((namespace, i) => {
    if (namespace.path === "" || isOfPod(namespace, pod)) return [];
    return { code: "namespace", path: `${name}.namespaces[${i}]`, subject: namespace.path } as const;
  });
  const moved = Object.keys(netDevices).map((subject) => {
    return { code: "net-device", path: `${name}.net_devices[${JSON.stringify(subject)}]`, subject } as const;
  });
  return [...numbered, ...joined, ...moved];
}

// A runtime names those of the sandbox by its process, or by files that it says of the pod.
function isOfPod({ path }: GateNamespace, { pid = 0, linux }: NamespaceOwner): boolean {
  if (pid > 0 && path.startsWith(`/proc/${pid}/ns/`) && !path.includes("..")) return true;
  return linux?.namespaces?.some((own) => own.path === path) === true;
}
