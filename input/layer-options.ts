import type { Mount, RootFs } from "../wasm/types.ts";
import { Reader } from "./reader.ts";

const OPTION = "io.katacontainers.fs-opt.layer=";
const DIRECTORY = "/run/kata-containers/sandbox/layers/";

/**
 * The mounts for the layers of a root filesystem, one for each option "io.katacontainers.fs-opt.layer=". Such an option has a
 * path, a type and options, separated by commas (Kata's containerd shim).
 */
export function layerMountsOf({ options = [] }: RootFs): Mount[] {
  return options.flatMap((option, at) => (option.startsWith(OPTION) ? [mountOf(option, at)] : []));
}

function mountOf(option: string, at: number): Mount {
  const [source = "", type, ...options] = option.slice(OPTION.length).split(",");
  if (type === undefined) {
    return new Reader("containerd mount", option, `rootFs.options[${at}]`).refuse("malformed-layer", option);
  }
  const name =
    source
      .split("/")
      .filter((part) => part !== "")
      .at(-1) ?? "";
  return { destination: DIRECTORY + name, type, source, options };
}
