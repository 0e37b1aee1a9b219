import type { Step } from "../../mod.ts";

/** What each word for a step means. */
export const stepMeanings: Readonly<Record<Step["op"], string>> = {
  mkdir: "creates a directory",
  mark: "creates the file that says in which mount namespace the sandbox lives",
  guard: "binds the sandbox's directory on itself, so that no other namespace gets copies of what is in it",
  hub: "mounts a memory filesystem, in which all shares are attached",
  view: "mounts what the guest gets to see: it follows the hub, and is read-only at its top",
  bind: "mounts a clone of the source in the hub: a share",
  use: "notes that a container uses a share, in an empty file",
  unuse: "removes that note",
  umount: "unmounts, with all that is mounted below",
  remove: "removes one empty file or directory: never what is in it",
  copy: "has the agent write a copy in the guest",
  rafsMount: "has nydusd mount an image",
  rafsUmount: "has nydusd unmount an image",
};

/** On what a step acts, in a few words. */
export function stepText(step: Step): string {
  switch (step.op) {
    case "bind":
      return `${step.source} -> ${step.target}${attributesText(step.recursive, step.attributes)}`;
    case "copy":
      return `${step.source} -> ${step.guestPath} in the guest`;
    case "view":
      return `${step.source} -> ${step.target}`;
    case "rafsMount":
      return `${step.source} -> ${step.mountpoint} of nydusd`;
    case "rafsUmount":
      return `${step.mountpoint} of nydusd`;
    default:
      return "path" in step ? step.path : step.target;
  }
}

function attributesText(recursive: boolean, attributes: readonly string[]): string {
  const words = [...(recursive ? ["with submounts"] : []), ...attributes];
  return words.length === 0 ? "" : ` (${words.join(", ")})`;
}
