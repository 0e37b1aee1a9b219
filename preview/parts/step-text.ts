import type { Step } from "../../mod.ts";

/** What a step does, in a few words. */
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
