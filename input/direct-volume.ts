import { Reader } from "./reader.ts";

const DIRECTORY = "/run/kata-containers/shared/direct-volumes";

/**
 * The path of the file in which Kata describes a direct volume: a disk that a CSI driver lets the guest mount. `volumePath` is the
 * source of the mount. `withMountInfo` reads the file's text.
 *
 * @throws {FormatError} for a lone surrogate.
 *
 * @example
 * ```ts
 * import { directVolumePath } from "guestshare";
 *
 * console.log(directVolumePath("/var/lib/kubelet/pods/p1/volumes/v1"));
 * // /run/kata-containers/shared/direct-volumes/L3Zhci9saWIva3ViZWxldC9wb2RzL3AxL3ZvbHVtZXMvdjE=/mountInfo.json
 * ```
 */
export function directVolumePath(volumePath: string): string {
  if (/\p{Surrogate}/u.test(volumePath)) {
    return new Reader("volume path", volumePath).refuse("lone-surrogate", volumePath);
  }
  const bytes = new TextEncoder().encode(volumePath);
  const binary = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
  const name = btoa(binary).replaceAll("+", "-").replaceAll("/", "_");
  return `${DIRECTORY}/${name}/mountInfo.json`;
}
