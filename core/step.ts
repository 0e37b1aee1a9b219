import { JsonWriter } from "./json/write";
import { Text } from "./text";

export enum StepOp { Mkdir, Guard, Hub, View, Bind, Umount, Remove, Copy }

/** Attributes of a mount, as bits. */
export const READ_ONLY: u32 = 1;
// What OCI calls them, from bit 0 on.
const ATTRIBUTES: StaticArray<string> = ["ro"];

/** One change that someone could see, with what takes it back. */
@final @unmanaged
export class Step {
  source: Text = Text.empty;
  mode: i32 = -1;
  recursive: bool = false;
  attributes: u32 = 0;

  constructor(
    readonly op: StepOp,
    /** Where the change is. */
    readonly target: Text,
  ) {}

  write(to: JsonWriter): void {
    switch (this.op) {
      case StepOp.Mkdir:
        to.raw('{"op":"mkdir","path":').string(this.target).raw(',"mode":').integer(this.mode);
        to.raw(',"undo":[{"op":"remove","path":').string(this.target).raw(',"undo":[]}]}');
        break;
      case StepOp.Guard:
        to.raw('{"op":"guard","target":').string(this.target);
        this.writeUmount(to).raw("]}");
        break;
      case StepOp.Hub:
        to.raw('{"op":"hub","target":').string(this.target).raw(',"mode":').integer(this.mode);
        this.writeUmount(to).raw("]}");
        break;
      case StepOp.View:
        to.raw('{"op":"view","source":').string(this.source).raw(',"target":').string(this.target);
        this.writeUmount(to).raw("]}");
        break;
      case StepOp.Bind:
        to.raw('{"op":"bind","source":').string(this.source).raw(',"target":').string(this.target);
        to.raw(this.recursive ? ',"recursive":true,"attributes":[' : ',"recursive":false,"attributes":[');
        this.writeAttributes(to).raw("]");
        // A bind makes the placeholder that it covers.
        this.writeUmount(to).raw(',{"op":"remove","path":').string(this.target).raw(',"undo":[]}]}');
        break;
      case StepOp.Umount:
        to.raw('{"op":"umount","target":').string(this.target).raw(',"undo":[]}');
        break;
      case StepOp.Remove:
        to.raw('{"op":"remove","path":').string(this.target).raw(',"undo":[]}');
        break;
      case StepOp.Copy:
        to.raw('{"op":"copy","source":').string(this.source).raw(',"guestPath":').string(this.target);
        to.raw(',"undo":[]}');
        break;
    }
  }

  private writeUmount(to: JsonWriter): JsonWriter {
    return to.raw(',"undo":[{"op":"umount","target":').string(this.target).raw(',"undo":[]}');
  }

  private writeAttributes(to: JsonWriter): JsonWriter {
    let separator = '"';
    for (let bit = 0; bit < ATTRIBUTES.length; bit++) {
      if ((this.attributes & (1 << bit)) == 0) continue;
      to.raw(separator).raw(ATTRIBUTES[bit]).raw('"');
      separator = ',"';
    }
    return to;
  }
}

/** Makes a directory; the sandbox's own also gets the missing ones above it, which stay. */
export function mkdir(path: Text, mode: i32): Step {
  const step = new Step(StepOp.Mkdir, path);
  step.mode = mode;
  return step;
}

/** Binds a directory on itself, private and unbindable: other namespaces and recursive binds get nothing of it. */
export function guard(target: Text): Step {
  return new Step(StepOp.Guard, target);
}

/** Mounts a tmpfs whose mounts propagate to the view. */
export function mountHub(target: Text, mode: i32): Step {
  const step = new Step(StepOp.Hub, target);
  step.mode = mode;
  return step;
}

/** Attaches a read-only copy of the hub that follows it. */
export function mountView(source: Text, target: Text): Step {
  const step = new Step(StepOp.View, target);
  step.source = source;
  return step;
}

/** Attaches a private clone of `source`, with its attributes already set, to a placeholder that the step makes. */
export function bind(source: Text, target: Text, recursive: bool, attributes: u32): Step {
  const step = new Step(StepOp.Bind, target);
  step.source = source;
  step.recursive = recursive;
  step.attributes = attributes;
  return step;
}

/** Detaches what is mounted on `target`, with everything below it. */
export function umount(target: Text): Step {
  return new Step(StepOp.Umount, target);
}

/** Removes one empty file or directory of ours. */
export function remove(path: Text): Step {
  return new Step(StepOp.Remove, path);
}

/** Sends a file or a tree to the agent. */
export function copy(source: Text, guestPath: Text): Step {
  const step = new Step(StepOp.Copy, guestPath);
  step.source = source;
  return step;
}
