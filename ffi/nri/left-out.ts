import type { DescField, DescMessage } from "@bufbuild/protobuf";
import { ContainerAdjustmentSchema, LinuxContainerAdjustmentSchema } from "./generated/adjustment_pb.ts";
import {
  type Container,
  ContainerSchema,
  HookSchema,
  HooksSchema,
  LinuxContainerSchema,
  LinuxPodSandboxSchema,
  type PodSandbox,
  PodSandboxSchema,
} from "./generated/container_pb.ts";
import { LinuxDeviceSchema } from "./generated/linux_pb.ts";

/** A field that a container and its adjustments have of Linux. */
export type NriLinuxField =
  | ("namespaces" | "devices" | "resources" | "oomScoreAdj" | "cgroupsPath" | "ioPriority")
  | ("seccompPolicy" | "sysctl" | "netDevices" | "scheduler" | "rdt");

/** A field of a message in pods, in containers or in their adjustments, by the names of both. */
export type NriInnerField =
  | `LinuxPodSandbox.${"podOverhead" | "podResources" | "cgroupParent" | "cgroupsPath" | "namespaces" | "resources"}`
  | `LinuxContainer.${NriLinuxField | "seccompProfile"}`
  | `LinuxContainerAdjustment.${NriLinuxField | "memoryPolicy"}`
  | `LinuxDevice.${"path" | "type" | "major" | "minor" | "fileMode" | "uid" | "gid"}`
  | `Hook.${"path" | "args" | "env" | "timeout"}`;

/**
 * A field of pods or of containers that a plugin can leave out, such as "env", or one of a message in them, such as "Hook.args". What
 * says which pod or container it is stays.
 */
export type NriField =
  | Exclude<keyof PodSandbox | keyof Container, "id" | "podSandboxId" | "$typeName" | "$unknown">
  | NriInnerField;

// By them a handler knows what it is about.
const kept: readonly string[] = ["id", "podSandboxId"];
const parts: readonly DescMessage[] = [PodSandboxSchema, ContainerSchema, ContainerAdjustmentSchema];
const inner: readonly DescMessage[] = [
  ...[LinuxPodSandboxSchema, LinuxContainerSchema, LinuxContainerAdjustmentSchema],
  ...[LinuxDeviceSchema, HookSchema],
];
const lightened: readonly DescMessage[] = [...parts, ...inner, HooksSchema];

/** The fields that can be left out: with `filter`, all but some. */
export const nriFields: readonly NriField[] = [
  ...[PodSandboxSchema, ContainerSchema]
    .flatMap(({ fields }) => fields.map(({ localName }) => localName))
    .filter((name) => !kept.includes(name)),
  ...inner.flatMap(({ name, fields }) => fields.map(({ localName }) => `${name}.${localName}`)),
] as NriField[];

/** The messages of a runtime without what a plugin leaves out: whoever decodes by them skips that, and takes no memory for it. */
export class LeftOut {
  readonly #names: ReadonlySet<string>;
  readonly #made = new Map<DescMessage, DescMessage>();

  constructor(names: Iterable<string>) {
    this.#names = new Set(names);
  }

  /** By an option's fields; a TypeError for what is none. */
  static by(names: readonly NriField[] = []): LeftOut {
    const wrong = names.find((name) => !nriFields.includes(name));
    if (wrong === undefined) return new LeftOut(names);
    throw new TypeError(`leaveOut has to be fields of pods and containers, not ${JSON.stringify(wrong)}`);
  }

  /** A message's schema as it is decoded by. What is left out is there, and has its first value. */
  of<D extends DescMessage>(schema: D): D {
    if (this.#names.size === 0) return schema;
    const made = this.#made.get(schema) ?? this.#lightened(schema);
    this.#made.set(schema, made);
    return made as D;
  }

  #lightened(schema: DescMessage): DescMessage {
    const fields = schema.fields
      .filter(({ localName }) => !this.#names.has(nameIn(schema, localName)))
      .map((field) => this.#lighter(field));
    return Object.create(schema, { fields: { value: fields } }) as DescMessage;
  }

  #lighter(field: DescField): DescField {
    const { message } = field;
    if (field.fieldKind === "map" || !message || !lightened.includes(message)) return field;
    return Object.create(field, { message: { value: this.of(message) } }) as DescField;
  }
}

function nameIn(schema: DescMessage, field: string): string {
  return parts.includes(schema) ? field : `${schema.name}.${field}`;
}
