import type { Container, Mount } from "../../mod.ts";

type BlockDrive = NonNullable<Mount["blockDrive"]>;

/**
 * The disks of a container, by the addresses by which the guest finds them: where each is on the host, or undefined where the request
 * does not say.
 */
export function diskAddresses(container: Container): Map<string, string | undefined> {
  const disks = new Map<string, string | undefined>();
  const add = (drive: BlockDrive | undefined, path: string | undefined) => {
    for (const address of drive ? addressesOf(drive) : [])
      disks.set(address, path?.startsWith("/") ? path : undefined);
  };
  add(container.blockDrive, container.rootFs?.source);
  for (const { blockDrive, path } of container.devices ?? []) add(blockDrive, path);
  for (const { blockDrive, directVolume, source } of container.mounts ?? [])
    add(blockDrive, directVolume?.device ?? source);
  return disks;
}

function addressesOf({ pciPath, virtPath, devNo, scsiAddr, nvdimmId }: BlockDrive): string[] {
  const pmem = nvdimmId === undefined ? undefined : `/dev/pmem${nvdimmId}`;
  return [pciPath, virtPath, devNo, scsiAddr, pmem].filter((address) => address !== undefined);
}
