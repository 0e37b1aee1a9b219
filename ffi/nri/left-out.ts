import type { DescField, DescMessage } from "@bufbuild/protobuf";
import { ContainerAdjustmentSchema } from "./generated/adjustment_pb.ts";
import {
  type Container,
  ContainerSchema,
  type PodSandbox,
  PodSandboxSchema,
} from "./generated/container_pb.ts";

/** A field of pods or of containers that a plugin can leave out. What says which pod or container it is stays. */
export type NriField = Exclude<
  keyof PodSandbox | keyof Container,
  "id" | "podSandboxId" | "$typeName" | "$unknown"
>;

// By them a handler knows what it is about.
const kept: readonly string[] = ["id", "podSandboxId"];
const parts: readonly DescMessage[] = [PodSandboxSchema, ContainerSchema, ContainerAdjustmentSchema];

/** The fields that can be left out: with `filter`, all but some. */
export const nriFields: readonly NriField[] = [PodSandboxSchema, ContainerSchema]
  .flatMap(({ fields }) => fields.map(({ localName }) => localName as NriField))
  .filter((name) => !kept.includes(name));

/** The messages of a runtime without what a plugin leaves out: whoever decodes by them skips that, and takes no memory for it. */
export class LeftOut {
  readonly #names: ReadonlySet<string>;
  readonly #made = new Map<DescMessage, DescMessage>();

  constructor(names: Iterable<string>) {
    this.#names = new Set(names);
  }

  /** A message's schema as it is decoded by. What is left out is there, and has its first value. */
  of<D extends DescMessage>(schema: D): D {
    if (this.#names.size === 0) return schema;
    const made = this.#made.get(schema) ?? this.#lightened(schema);
    this.#made.set(schema, made);
    return made as D;
  }

  #lightened(schema: DescMessage): DescMessage {
    const isPart = parts.includes(schema);
    const fields = schema.fields
      .filter(({ localName }) => !(isPart && this.#names.has(localName)))
      .map((field) => this.#lighter(field));
    return Object.create(schema, { fields: { value: fields } }) as DescMessage;
  }

  #lighter(field: DescField): DescField {
    const { message } = field;
    if (field.fieldKind !== "message" || !message || !parts.includes(message)) return field;
    return Object.create(field, { message: { value: this.of(message) } }) as DescField;
  }
}
