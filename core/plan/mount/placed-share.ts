import * as directories from "../../directories";
import { clean, isAbsolute, isAtOrBelow } from "../../path";
import { MACHINE, placedName } from "../../placed-name";
import { Container } from "../../request/container";
import { RequestLocation } from "../../request/location";
import { Sandbox } from "../../request/sandbox";
import { isShareName } from "../../share-name";
import { Text } from "../../text";

// Filesystems of the guest's own kernel: a share there would break the guest, or never be seen.
const KERNELS: StaticArray<string> = ["/proc", "/sys", "/dev"];

/**
 * The name of the share of a file that a container, or the machine itself, has at a destination. A destination is refused that
 * does not say where it is, or that the guest needs for itself.
 */
export function placedShareName(sandbox: Sandbox, container: Container, destination: Text, location: RequestLocation): Text {
  checkOwner(container);
  const cleaned = clean(destination);
  if (cleaned == null) {
    location.refuse(isAbsolute(destination) ? "has-dot-dot" : "not-absolute", destination, "destination");
    return Text.empty;
  }
  const isMachine = container.id.is(MACHINE);
  const guest = directories.guestDirectory(sandbox);
  const hidesShares = isMachine && (isAtOrBelow(guest, cleaned) || isAtOrBelow(cleaned, guest));
  if (cleaned.is("/") || hidesShares || isOfKernel(cleaned)) location.refuse("reserved-target", destination, "destination");
  const name = placedName(container.id, cleaned);
  if (name != null) return name;
  location.refuse("long-target", destination, "destination");
  return Text.empty;
}

/** Refuses a container whose shares could be taken for those of others, by their names. */
export function checkOwner(container: Container): void {
  if (isShareName(container.id)) new RequestLocation("container").refuse("reserved-id", container.id, "id");
}

/** Refuses a container with the name that the machine itself has. */
export function checkContainer(container: Container): void {
  checkOwner(container);
  if (container.id.is(MACHINE)) new RequestLocation("container").refuse("reserved-id", container.id, "id");
}

function isOfKernel(path: Text): bool {
  for (let i = 0; i < KERNELS.length; i++) {
    if (isAtOrBelow(path, Text.of(unchecked(KERNELS[i])))) return true;
  }
  return false;
}
