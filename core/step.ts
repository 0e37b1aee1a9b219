import { ANY_ID_MAP, writeAttributes } from "./attributes";
import { JsonWriter } from "./json/write";
import { writeIdMappings } from "./request/id-mapping";
import { Mount } from "./request/mount";
import { Text } from "./text";

export enum StepOp { Mkdir, Mark, Guard, Hub, View, Bind, Use, Unuse, Umount, Remove, Copy, RafsMount, RafsUmount }

/** One visible change of the host or the guest. It is written with the steps that undo it. */
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
    /** The path that is changed. */
    readonly target: Text,
  ) {}

  write(to: JsonWriter): void {
    switch (this.op) {
      case StepOp.Mkdir:
        to.field('{"op":"mkdir","path":', this.target).raw(',"mode":').integer(this.mode);
        return this.writeUndo(to, ',"undo":[{"op":"remove","path":');
      case StepOp.Mark:
        to.field('{"op":"mark","path":', this.target);
        return this.writeUndo(to, ',"undo":[{"op":"remove","path":');
      case StepOp.Guard:
        to.field('{"op":"guard","target":', this.target);
        return this.writeUndo(to, ',"undo":[{"op":"umount","target":');
      case StepOp.Hub:
        to.field('{"op":"hub","target":', this.target).raw(',"mode":').integer(this.mode);
        return this.writeUndo(to, ',"undo":[{"op":"umount","target":');
      case StepOp.View:
        to.field('{"op":"view","source":', this.source).field(',"target":', this.target);
        return this.writeUndo(to, ',"undo":[{"op":"umount","target":');
      case StepOp.Bind:
        this.writeBind(to);
        return this.writeUndo(to, ',{"op":"remove","path":');
      case StepOp.Use:
        to.field('{"op":"use","path":', this.target).raw(',"mode":').integer(this.mode);
        return this.writeUndo(to, ',"undo":[{"op":"unuse","path":');
      case StepOp.RafsMount:
        to.field('{"op":"rafsMount","mountpoint":', this.target).field(',"source":', this.source);
        to.field(',"config":', this.config);
        return this.writeUndo(to, ',"undo":[{"op":"rafsUmount","mountpoint":');
      case StepOp.Copy:
        to.field('{"op":"copy","source":', this.source).field(',"guestPath":', this.target);
        to.raw(this.together ? ',"together":true,"undo":[]}' : ',"undo":[]}');
        return;
      default:
        to.raw(removalPrefix(this.op)).string(this.target).raw(',"undo":[]}');
    }
  }

  // A bind creates its placeholder, so its undo has two steps. This writes the first one.
  private writeBind(to: JsonWriter): void {
    to.field('{"op":"bind","source":', this.source).field(',"target":', this.target);
    to.raw(this.recursive ? ',"recursive":true,"attributes":' : ',"recursive":false,"attributes":');
    writeAttributes(to, this.attributes);
    if ((this.attributes & ANY_ID_MAP) != 0) writeIdMappings(to, this.mount!.uidMappings, this.mount!.gidMappings);
    to.field(',"undo":[{"op":"umount","target":', this.target).raw(',"undo":[]}');
  }

  // Writes the last step of the undo, which begins with this literal, and the end of the step.
  private writeUndo(to: JsonWriter, literal: string): void {
    to.field(literal, this.target).raw(',"undo":[]}]}');
  }
}

// The JSON with which a step that removes something begins.
function removalPrefix(op: StepOp): string {
  if (op == StepOp.Umount) return '{"op":"umount","target":';
  if (op == StepOp.Remove) return '{"op":"remove","path":';
  return op == StepOp.Unuse ? '{"op":"unuse","path":' : '{"op":"rafsUmount","mountpoint":';
}

/** Creates a directory. Missing parents of the sandbox's own directory are created, too, and are never removed. */
export function mkdir(path: Text, mode: i32): Step {
  const step = new Step(StepOp.Mkdir, path);
  step.mode = mode;
  return step;
}

/** Creates the mark: the file that names the sandbox's mount namespace. */
export function mark(path: Text): Step {
  return new Step(StepOp.Mark, path);
}

/** Binds a directory on itself, private and unbindable, so that neither other namespaces nor recursive binds receive its mounts. */
export function guard(target: Text): Step {
  return new Step(StepOp.Guard, target);
}

/** Mounts a tmpfs whose mounts propagate to the view. */
export function mountHub(target: Text, mode: i32): Step {
  const step = new Step(StepOp.Hub, target);
  step.mode = mode;
  return step;
}

/** Mounts a read-only copy of the hub that receives the hub's later mounts. */
export function mountView(source: Text, target: Text): Step {
  const step = new Step(StepOp.View, target);
  step.source = source;
  return step;
}

/** Creates a placeholder, and mounts a private clone of `source` on it, whose attributes are set before. */
export function bind(source: Text, target: Text, recursive: bool, attributes: u32, mount: Mount | null = null): Step {
  const step = new Step(StepOp.Bind, target);
  step.source = source;
  step.recursive = recursive;
  step.attributes = attributes;
  step.mount = mount;
  return step;
}

/** Creates the empty file that says that a container uses a share, and its directory. */
export function use(path: Text, mode: i32): Step {
  const step = new Step(StepOp.Use, path);
  step.mode = mode;
  return step;
}

/** Removes such a file, and its directory if that is empty then. */
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

/** Unmounts `target` lazily, with all submounts. */
export function umount(target: Text): Step {
  return new Step(StepOp.Umount, target);
}

/** Removes one empty file or directory that a step created. */
export function remove(path: Text): Step {
  return new Step(StepOp.Remove, path);
}

/** Copies a file or a tree into the guest. With `together` that is done once for all containers of the sandbox. */
export function copy(source: Text, guestPath: Text, together: bool): Step {
  const step = new Step(StepOp.Copy, guestPath);
  step.source = source;
  step.together = together;
  return step;
}
