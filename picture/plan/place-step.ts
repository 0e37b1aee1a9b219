import type { CopyStep, Step } from "../../mod.ts";
import type { Draft } from "../draft/draft.ts";
import type { Sketch } from "../draft/sketch.ts";
import { addAttributes } from "../mount-traits.ts";
import type { SandboxRows } from "./sandbox-rows.ts";

/** Adds a step to the row that it makes or removes, and draws what it leads from. A copy waits for the mount that it is for. */
export function placeStep(sketch: Sketch, rows: SandboxRows, step: Step): void {
  if (step.op === "copy") {
    rows.copies.set(step.guestPath, step);
    return;
  }
  const row = rowOf(sketch, rows, step);
  row.add("steps", step);
  if (takesAway(step, row)) row.traits.add("removed");
  else if (step.undo.length > 0) row.traits.delete("removed");
}

// The last step of all that take a row back. Some of the others are for a file in the row, or for a mount on it.
function takesAway(step: Step, { path }: Draft): boolean {
  return step.op === "rafsUmount" || (step.op === "remove" && step.path === path);
}

function rowOf(sketch: Sketch, rows: SandboxRows, step: Exclude<Step, CopyStep>): Draft {
  switch (step.op) {
    case "guard":
      return rows.onHost;
    case "hub":
      return rows.hub;
    case "view":
      return rows.view;
    case "bind":
      return boundRow(sketch, rows, step);
    case "umount":
      return step.target.startsWith(`${rows.hubPath}/`)
        ? rows.shareAt(step.target)
        : rowAt(rows, step.target);
    case "rafsMount":
      return imageRow(sketch, rows, step);
    case "rafsUmount":
      return rows.image(step.mountpoint);
    case "use":
    case "unuse":
      return usedRow(rows, step.path);
    default:
      return rowAt(rows, step.path);
  }
}

function boundRow(sketch: Sketch, rows: SandboxRows, step: Extract<Step, { op: "bind" }>): Draft {
  const share = rows.shareAt(step.target);
  addAttributes(share.traits, step.attributes);
  if (step.recursive) share.traits.add("recursive");
  sketch.curve(sketch.source(step.source, "source"), share, "bound");
  return share;
}

function imageRow(sketch: Sketch, rows: SandboxRows, step: Extract<Step, { op: "rafsMount" }>): Draft {
  const image = rows.image(step.mountpoint);
  image.traits.add("read-only");
  sketch.curve(sketch.source(step.source, "disk"), image, "disk");
  return image;
}

// "…/mounts/.users/sandbox-0011223344556677-hosts/c1": the container c1 uses that share.
function usedRow(rows: SandboxRows, path: string): Draft {
  const [first, name] = path.slice(rows.hubPath.length + 1).split("/");
  return first === ".users" && name !== undefined ? rows.share(name) : rowAt(rows, path);
}

function rowAt(rows: SandboxRows, path: string): Draft {
  if (path === rows.directory || path === `${rows.directory}/namespace`) return rows.onHost;
  if (path === rows.hubPath) return rows.hub;
  if (path === rows.viewPath) return rows.view;
  return path.startsWith(`${rows.hubPath}/`)
    ? rows.inHub(path.slice(rows.hubPath.length + 1))
    : rows.below("directory", path);
}
