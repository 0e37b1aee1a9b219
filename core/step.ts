import { ID_MAP, writeAttributes } from "./attributes";
import { JsonWriter } from "./json/write";
import { writeIdMappings } from "./request/id-mapping";
import { Mount } from "./request/mount";
import { Text } from "./text";

export enum StepOp { Mkdir, Mark, Guard, Hub, View, Bind, Use, Unuse, Umount, Remove, Copy, RafsMount, RafsUmount }

/** One change that someone could see, with what takes it back. */
@final @unmanaged
export class Step {
  source: Text = Text.empty;
  mode: i32 = -1;
  recursive: bool = false;
  together: bool = false;
  attributes: u32 = 0;
  mount: Mount | null = null;
  config: Text = Text.empty;

  constructor(
    readonly op: StepOp,
    /** Where the change is. */
    readonly target: Text,
  ) {}

  write(to: JsonWriter): void {
    switch (this.op) {
      case StepOp.Mkdir:
        to.field('{"op":"mkdir","path":', this.target).raw(',"mode":').integer(this.mode);
        to.field(',"undo":[{"op":"remove","path":', this.target).raw(',"undo":[]}]}');
        break;
      case StepOp.Mark:
        to.field('{"op":"mark","path":', this.target);
        to.field(',"undo":[{"op":"remove","path":', this.target).raw(',"undo":[]}]}');
        break;
      case StepOp.Guard:
        to.field('{"op":"guard","target":', this.target);
        this.writeUmount(to).raw("]}");
        break;
      case StepOp.Hub:
        to.field('{"op":"hub","target":', this.target).raw(',"mode":').integer(this.mode);
        this.writeUmount(to).raw("]}");
        break;
      case StepOp.View:
        to.field('{"op":"view","source":', this.source).field(',"target":', this.target);
        this.writeUmount(to).raw("]}");
        break;
      case StepOp.Bind:
        to.field('{"op":"bind","source":', this.source).field(',"target":', this.target);
        to.raw(this.recursive ? ',"recursive":true,"attributes":' : ',"recursive":false,"attributes":');
        writeAttributes(to, this.attributes);
        if ((this.attributes & ID_MAP) != 0) writeIdMappings(to, this.mount!.uidMappings, this.mount!.gidMappings);
        // A bind makes the placeholder that it covers.
        this.writeUmount(to).field(',{"op":"remove","path":', this.target).raw(',"undo":[]}]}');
        break;
      case StepOp.Use:
        to.field('{"op":"use","path":', this.target).raw(',"mode":').integer(this.mode);
        to.field(',"undo":[{"op":"unuse","path":', this.target).raw(',"undo":[]}]}');
        break;
      case StepOp.RafsMount:
        to.field('{"op":"rafsMount","mountpoint":', this.target).field(',"source":', this.source);
        to.field(',"config":', this.config);
        to.field(',"undo":[{"op":"rafsUmount","mountpoint":', this.target).raw(',"undo":[]}]}');
        break;
      case StepOp.Copy:
        to.field('{"op":"copy","source":', this.source).field(',"guestPath":', this.target);
        to.raw(this.together ? ',"together":true,"undo":[]}' : ',"undo":[]}');
        break;
      default:
        to.raw(takingAway(this.op)).string(this.target).raw(',"undo":[]}');
    }
  }

  private writeUmount(to: JsonWriter): JsonWriter {
    return to.field(',"undo":[{"op":"umount","target":', this.target).raw(',"undo":[]}');
  }
}

// How the steps begin that take away.
function takingAway(op: StepOp): string {
  if (op == StepOp.Umount) return '{"op":"umount","target":';
  if (op == StepOp.Remove) return '{"op":"remove","path":';
  return op == StepOp.Unuse ? '{"op":"unuse","path":' : '{"op":"rafsUmount","mountpoint":';
}

/** Makes a directory; the sandbox's own also gets the missing ones above it, which stay. */
export function mkdir(path: Text, mode: i32): Step {
  const step = new Step(StepOp.Mkdir, path);
  step.mode = mode;
  return step;
}

/** Makes the file that says in which mount namespace the sandbox lives. */
export function mark(path: Text): Step {
  return new Step(StepOp.Mark, path);
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
export function bind(source: Text, target: Text, recursive: bool, attributes: u32, mount: Mount | null = null): Step {
  const step = new Step(StepOp.Bind, target);
  step.source = source;
  step.recursive = recursive;
  step.attributes = attributes;
  step.mount = mount;
  return step;
}

/** Makes the empty file that says who uses a share of several containers, with the directory that it is in. */
export function use(path: Text, mode: i32): Step {
  const step = new Step(StepOp.Use, path);
  step.mode = mode;
  return step;
}

/** Removes such a file, and the directory where it was the last one. */
export function unuse(path: Text): Step {
  return new Step(StepOp.Unuse, path);
}

/** Mounts a nydus image in nydusd. */
export function rafsMount(mountpoint: Text, source: Text, config: Text): Step {
  const step = new Step(StepOp.RafsMount, mountpoint);
  step.source = source;
  step.config = config;
  return step;
}

/** Unmounts a nydus image in nydusd. */
export function rafsUmount(mountpoint: Text): Step {
  return new Step(StepOp.RafsUmount, mountpoint);
}

/** Detaches what is mounted on `target`, with everything below it. */
export function umount(target: Text): Step {
  return new Step(StepOp.Umount, target);
}

/** Removes one empty file or directory of ours. */
export function remove(path: Text): Step {
  return new Step(StepOp.Remove, path);
}

/** Sends a file or a tree to the agent; once, where containers have it together. */
export function copy(source: Text, guestPath: Text, together: bool): Step {
  const step = new Step(StepOp.Copy, guestPath);
  step.source = source;
  step.together = together;
  return step;
}
