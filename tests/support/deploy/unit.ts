/** A setting of a unit of systemd. */
export interface UnitSetting {
  readonly section: string;
  readonly key: string;
  readonly value: string;
}

/**
 * The settings of a unit's text, in their order.
 *
 * @throws {Error} for a line that is none, and for a setting outside of a section.
 */
export function readUnit(text: string): UnitSetting[] {
  let section = "";
  return text.split("\n").flatMap((line, at) => {
    if (line === "" || /^[#;]/.test(line)) return [];
    const [, name] = /^\[(\w+)\]$/.exec(line) ?? [];
    if (name !== undefined) {
      section = name;
      return [];
    }
    const [, key, value] = /^(\w+)=(.*)$/.exec(line) ?? [];
    if (key === undefined || value === undefined || section === "")
      throw new Error(`line ${at + 1} is no setting: ${JSON.stringify(line)}`);
    return [{ section, key, value }];
  });
}

/** Settings that give a service a mount namespace of its own, by systemd.exec(5) and systemd.resource-control(5). */
export const ownMounts: readonly string[] = [
  ...[
    "ProtectSystem",
    "ProtectHome",
    "PrivateTmp",
    "PrivateDevices",
    "PrivateMounts",
    "PrivateUsers",
    "PrivateNetwork",
  ],
  ...[
    "ProtectKernelTunables",
    "ProtectKernelModules",
    "ProtectKernelLogs",
    "ProtectControlGroups",
    "ProtectProc",
  ],
  ...[
    "ProcSubset",
    "ReadWritePaths",
    "ReadOnlyPaths",
    "InaccessiblePaths",
    "ExecPaths",
    "NoExecPaths",
    "BindPaths",
  ],
  ...["BindReadOnlyPaths", "TemporaryFileSystem", "MountAPIVFS", "RootDirectory", "RootImage", "DynamicUser"],
  ...["ProtectHostname", "MountFlags", "LogNamespace", "ExtensionImages", "MountImages", "PrivateIPC"],
];
