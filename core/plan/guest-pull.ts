import { writeGoMap } from "../go-json";
import { setUnusual } from "../json/unusual";
import { JsonWriter } from "../json/write";
import { refuse } from "../refusal";
import { Container } from "../request/container";
import { TextMap } from "../request/text-map";
import { Storage } from "../storage";
import { Text } from "../text";
import { SharedFile } from "./plan";

const USUAL_ROOM: usize = 4096;

const IMAGE_NAME: string = "io.kubernetes.cri.image-name";

/** The root filesystem is an image that the guest pulls, whatever the host has for it. */
export function forcedPull(container: Container, shared: SharedFile): void {
  planGuestPull(container, new TextMap(), shared);
}

/** An image that the guest pulls (Kata's handleImageGuestPullBlockVolume): it gets the metadata and the annotations. */
export function planGuestPull(container: Container, metadata: TextMap, shared: SharedFile): void {
  const annotations = container.annotations;
  const image = imageOf(annotations);
  if (image == null || image.length == 0) {
    refuse("missing-image-name", Text.of(IMAGE_NAME), Text.of("container.annotations"));
    return;
  }
  for (let i = 0; i < annotations.names.length; i++) metadata.set(annotations.names[i], annotations.values[i]);
  const storage = new Storage("image_guest_pull", image, Text.of("overlay"), shared.guestPath);
  const writer = new JsonWriter(USUAL_ROOM);
  writeGoMap(writer.raw('image_guest_pull={"metadata":'), metadata);
  storage.driverOptions.push(writer.raw("}").text());
  setUnusual(true); // its quotes
  shared.storages.push(storage);
}

// The sandbox's own container is the pause image that the guest has; others are named by the CRI's runtime.
function imageOf(annotations: TextMap): Text | null {
  const isContainerd = annotations.get("io.kubernetes.cri.container-type") != null;
  const isCrio = annotations.get("io.kubernetes.cri-o.ContainerType") != null;
  const type = annotations.get("io.katacontainers.pkg.oci.container_type");
  if ((isContainerd || isCrio) && type != null && type.is("pod_sandbox")) return Text.of("pause");
  return annotations.get(isCrio && !isContainerd ? "io.kubernetes.cri-o.ImageName" : IMAGE_NAME);
}
