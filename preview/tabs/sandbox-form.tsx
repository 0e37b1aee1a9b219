import type { JSX } from "preact";
import { wordsOfField } from "../complete/schema.ts";
import { Field } from "../parts/field.tsx";
import { change, mistake, state } from "../state.ts";

interface FieldRow {
  readonly name: string;
  readonly label: string;
  readonly help?: string;
  readonly none?: string;
  readonly words?: readonly string[];
  /** How a text becomes a value. What it cannot read, it leaves: the core says what is wrong. */
  readonly read?: (text: string) => unknown;
  readonly textOf?: (value: unknown) => unknown;
}

const yesNo = ["true", "false"];
const flag = (text: string) => (yesNo.includes(text) ? text === "true" : text);
const count = (text: string) => (/^\d+$/.test(text) ? Number(text) : text);
const list = (text: string) =>
  text
    .split(",")
    .map((one) => one.trim())
    .filter((one) => one !== "");

const rows: readonly FieldRow[] = [
  { name: "id", label: "Id", help: "s1 is made up, where nothing says it." },
  {
    name: "sharedFs",
    label: "Shared filesystem",
    help: "With none, files are copied by the agent.",
    none: "virtio-fs (default)",
    words: wordsOfField("Sandbox", "sharedFs"),
  },
  {
    name: "hypervisor",
    label: "Hypervisor",
    help: "firecracker, acrn and remote share no filesystem.",
    none: "qemu (default)",
    words: wordsOfField("Sandbox", "hypervisor"),
  },
  {
    name: "blockDeviceDriver",
    label: "Driver of disks",
    none: "virtio-scsi (default)",
    words: wordsOfField("Sandbox", "blockDeviceDriver"),
  },
  {
    name: "shmSize",
    label: "Bytes of /dev/shm",
    help: "0: each container has its own.",
    none: "0",
    read: count,
  },
  {
    name: "sandboxBindMounts",
    label: "Bind mounts of the sandbox",
    help: "Paths, with commas between them. They are read-only.",
    read: list,
    textOf: (value) => (Array.isArray(value) ? value.join(", ") : value),
  },
  {
    name: "emptydirMode",
    label: "An emptyDir on a disk",
    none: "shared-fs (default)",
    words: wordsOfField("Sandbox", "emptydirMode"),
  },
  {
    name: "disableGuestEmptyDir",
    label: "An emptyDir is the host's",
    none: "true (default)",
    words: yesNo,
    read: flag,
  },
  {
    name: "forceGuestPull",
    label: "The guest pulls all images",
    none: "false (default)",
    words: yesNo,
    read: flag,
  },
  {
    name: "serviceOffload",
    label: "The guest pulls images alone",
    none: "false (default)",
    words: yesNo,
    read: flag,
  },
  { name: "virtioFsCache", label: "Cache of virtio-fs", none: "auto" },
  { name: "virtioFsCacheSize", label: "DAX window in MiB", none: "0", read: count },
  { name: "rootlessDir", label: "XDG_RUNTIME_DIR, if rootless" },
  { name: "hostDir", label: "Directory of sandboxes on the host" },
  { name: "guestDir", label: "Directory of shares in the guest" },
];

/** The sandbox as a form. What a field holds is judged by the core alone. */
export function SandboxForm(): JSX.Element {
  const { sandbox } = state.value;
  const wrong = mistake.value;
  const known = new Set(rows.map(({ name }) => name));
  const others = Object.keys(sandbox).filter((name) => !known.has(name));
  return (
    <div class="form">
      {[...rows, ...others.map((name) => ({ name, label: name }) as FieldRow)].map((row) => (
        <Field
          key={row.name}
          label={row.label}
          help={row.help}
          none={row.none}
          words={row.words}
          value={row.textOf ? row.textOf(sandbox[row.name]) : sandbox[row.name]}
          wrong={wrong?.place.in === "sandbox" && wrong.place.field === row.name ? wrong.message : undefined}
          onChange={(text) => setField(row, text)}
        />
      ))}
    </div>
  );
}

function setField({ name, read }: FieldRow, text: string): void {
  const { [name]: _, ...rest } = state.value.sandbox;
  const value = read ? read(text) : text;
  change({ from: "bundle", sandbox: text === "" ? rest : { ...state.value.sandbox, [name]: value } });
}
