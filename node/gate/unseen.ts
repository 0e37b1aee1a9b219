/** What a container gets that is no mount yet when a gate is asked. */
export interface Unseen {
  /** The kind: a device of CDI, whose mounts the runtime adds later, or a hook, a program that runs as root on the host. */
  readonly code: "cdi-device" | "hook";
  /** Its JSON path in what the runtime asked. */
  readonly path: string;
  /** The device's name, or the hook's program. */
  readonly subject: string;
}

/** What may have devices and hooks: a container, or the adjustments of all plugins. */
export interface Bearer {
  /** Its devices of CDI. */
  readonly CDIDevices?: readonly { readonly name: string }[] | undefined;
  /** Its hooks, as NRI's Hooks has them. */
  readonly hooks?: object | undefined;
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

/** What no rule can judge, and could mount anything in the container. */
export function unseenOf({
  container,
  adjust,
}: {
  container: Bearer;
  adjust?: Bearer | undefined;
}): Unseen[] {
  return [...unseenIn("container", container), ...(adjust ? unseenIn("adjust", adjust) : [])];
}

function unseenIn(name: string, { CDIDevices = [], hooks = {} }: Bearer): Unseen[] {
  const devices = CDIDevices.map((device, i) => {
    return { code: "cdi-device", path: `${name}.CDI_devices[${i}]`, subject: device.name } as const;
  });
  const found = hookKinds.flatMap((kind) =>
    ((hooks as Hooks)[kind] ?? []).map(({ path }, i) => {
      return { code: "hook", path: `${name}.hooks.${kind}[${i}]`, subject: path } as const;
    }),
  );
  return [...devices, ...found];
}
