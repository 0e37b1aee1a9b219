import { writeGoMap } from "../go-json";
import { setUnusual } from "../json/unusual";
import { JsonWriter } from "../json/write";
import { refuse } from "../refusal";
import { Container } from "../request/container";
import { TextMap } from "../request/text-map";
import { Storage } from "../storage";
import { Text } from "../text";
import { SharedFile } from "./shared-file";

const USUAL_ROOM: usize = 4096;

const CONTAINERD_TYPE: string = "io.kubernetes.cri.container-type";
const CRIO_TYPE: string = "io.kubernetes.cri-o.ContainerType";
const CONTAINER_TYPE: string = "io.katacontainers.pkg.oci.container_type";
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
  addOwn(metadata, container);
  const storage = new Storage("image_guest_pull", image, Text.of("overlay"), shared.guestPath);
  const writer = new JsonWriter(USUAL_ROOM);
  writeGoMap(writer.raw('image_guest_pull={"metadata":'), metadata);
  storage.driverOptions.push(writer.raw("}").text());
  setUnusual(true); // its quotes
  shared.storages.push(storage);
}

// The sandbox's own container is the pause image that the guest has; others are named by the CRI's runtime.
function imageOf(annotations: TextMap): Text | null {
  const isOfCri = criTypeOf(annotations) != null;
  const type = containerTypeOf(annotations);
  const isSandbox = type.is("pod_sandbox");
  if (isSandbox && isOfCri) return Text.of("pause");
  const isCrio = annotations.get(CONTAINERD_TYPE) == null && annotations.get(CRIO_TYPE) != null;
  const image = annotations.get(isCrio ? "io.kubernetes.cri-o.ImageName" : IMAGE_NAME);
  return image == null && isSandbox ? Text.of("pause") : image;
}

// What both runtimes of Kata add to a container's annotations, whatever it had there.
function addOwn(metadata: TextMap, container: Container): void {
  metadata.set(Text.of(CONTAINER_TYPE), containerTypeOf(container.annotations));
  if (container.bundle != null) metadata.set(Text.of("io.katacontainers.pkg.oci.bundle_path"), container.bundle!);
}

// Kata's word for the CRI's; for another one, or without, what stands there already.
function containerTypeOf(annotations: TextMap): Text {
  const type = criTypeOf(annotations);
  if (type != null && type.is("container")) return Text.of("pod_container");
  if (type != null && (type.is("sandbox") || type.is("podsandbox"))) return Text.of("pod_sandbox");
  const own = annotations.get(CONTAINER_TYPE);
  return own != null ? own : Text.of("single_container");
}

function criTypeOf(annotations: TextMap): Text | null {
  const type = annotations.get(CONTAINERD_TYPE);
  return type != null ? type : annotations.get(CRIO_TYPE);
}
