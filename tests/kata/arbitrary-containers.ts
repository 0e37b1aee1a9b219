import fc from "fast-check";
import { blockDrives } from "./arbitrary-disks.ts";
import { mountCase } from "./arbitrary-mounts.ts";
import { anyRoot, unsharedRoot } from "./arbitrary-roots.ts";
import { sandbox, sharesFilesystem } from "./arbitrary-sandboxes.ts";
import { hostOf } from "./host.ts";
import type { MountCase } from "./mount-case.ts";
import type { ContainerQuestion } from "./question.ts";
import { rarely } from "./rarely.ts";

const annotations = fc.record(
  {
    "io.kubernetes.cri.image-name": fc.oneof(rarely("", "docker.io/a:1"), fc.constant("b<c>")),
    "io.kubernetes.cri-o.ImageName": rarely("", "quay.io/b"),
    "io.kubernetes.cri.container-type": fc.constantFrom("sandbox", "container", "container"),
    "io.kubernetes.cri-o.ContainerType": fc.constantFrom("sandbox", "container"),
    "io.katacontainers.pkg.oci.container_type": fc.constantFrom("pod_sandbox", "pod_container"),
    other: fc.constantFrom("é", "&"),
  },
  { requiredKeys: ["io.kubernetes.cri.image-name"] },
);

const limits = [
  { pageSize: "2MB", limit: 4194304 },
  { pageSize: "1GB", limit: 0 },
  { pageSize: "2M", limit: 8388608 },
];

// Most mounts have a place of their own.
const usualPlaces = Array.from({ length: 24 }, () => "");
const elsewhere = fc.constantFrom(...usualPlaces, "/d0", "/d0/in", "relative");

/** A container with mounts of any kind, in a sandbox of any kind. */
export const containerQuestion: fc.Arbitrary<ContainerQuestion> = fc
  .record({
    sandbox,
    cases: fc.array(fc.tuple(mountCase, elsewhere), { maxLength: 4, size: "max" }),
    disks: blockDrives(7),
    shared: anyRoot,
    unshared: unsharedRoot,
    annotations,
    limits: fc.subarray(limits, { minLength: 1 }),
  })
  .map(({ sandbox, cases, disks, shared, unshared, annotations, limits }) => {
    const [first, second, third, ...others] = disks as [Disk, Disk, Disk, ...Disk[]];
    const made = shared([first, second, third]);
    const isDirectory = made.rootFs === undefined || made.rootFs.type === "bind";
    const isOther = isDirectory && !sharesFilesystem(sandbox);
    const { rootFs, root = {}, host = [], drives } = isOther ? unshared([first, second, third]) : made;
    const kinds = cases.map(([one]) => one);
    const mounts = cases.map(([{ mount, destination }, place], at) => ({
      destination: destination ?? (place || `/d${at}`),
      ...mount,
    }));
    const attached = mounts.flatMap(({ destination }, at) =>
      kinds[at]?.isDisk ? [[destination, others[at]]] : [],
    );
    return {
      ...{ op: "container", sandbox, id: "c1", bundle: "/mnt/bundle" },
      config: {
        root: { path: "/mnt/root" },
        mounts,
        annotations,
        linux: { resources: { hugepageLimits: limits } },
      },
      ...(rootFs && { rootFs }),
      root,
      host: hostOf(kinds, host),
      drives: { ...drives, ...Object.fromEntries(attached) },
      mountInfo: mountInfoOf(kinds),
    };
  });

type Disk = ContainerQuestion["drives"][string];

function mountInfoOf(cases: readonly MountCase[]): ContainerQuestion["mountInfo"] {
  return Object.fromEntries(
    cases.flatMap(({ mount, mountInfo }) => (mountInfo ? [[mount.source, mountInfo]] : [])),
  );
}
