import type { Step } from "../../mod.ts";
import { escaped } from "./escaped.ts";

/** What a step does, as a verb and its object. Paths in the sandbox's directory are shown from there on. */
export function stepText(step: Step, directory: string): { readonly verb: string; readonly object: string } {
  const shown = (path: string) => escaped(relativeTo(directory, path));
  switch (step.op) {
    case "mkdir":
    case "mark":
    case "use":
    case "unuse":
    case "remove":
      return { verb: step.op, object: shown(step.path) };
    case "guard":
    case "hub":
    case "umount":
      return { verb: step.op, object: shown(step.target) };
    case "view":
      return { verb: step.op, object: `${shown(step.source)} -> ${shown(step.target)}` };
    case "bind": {
      const words = [...(step.recursive ? ["with submounts"] : []), ...step.attributes];
      const object = `${escaped(step.source)} -> ${shown(step.target)}`;
      return { verb: step.op, object: words.length > 0 ? `${object} (${words.join(", ")})` : object };
    }
    case "copy":
      return { verb: step.op, object: `${escaped(step.source)} -> ${escaped(step.guestPath)} in the guest` };
    case "rafsMount":
      return { verb: step.op, object: `${escaped(step.source)} -> ${escaped(step.mountpoint)} in nydusd` };
    case "rafsUmount":
      return { verb: step.op, object: `${escaped(step.mountpoint)} in nydusd` };
  }
}

function relativeTo(directory: string, path: string): string {
  if (path === directory) return ".";
  return path.startsWith(`${directory}/`) ? path.slice(directory.length + 1) : path;
}
