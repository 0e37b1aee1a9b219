import { writeGoMap } from "../../go-json";
import { setNeedsEscapes } from "../../json/needs-escape";
import { JsonWriter } from "../../json/write";
import { refuse } from "../../refusal";
import { Container } from "../../request/container";
import { TextMap } from "../../request/text-map";
import { Storage } from "../../storage";
import { Text } from "../../text";
import { SharedFile } from "../shared-file";

const USUAL_BYTES: usize = 4096;

const CONTAINERD_TYPE: string = "io.kubernetes.cri.container-type";
const CRIO_TYPE: string = "io.kubernetes.cri-o.ContainerType";
const CONTAINER_TYPE: string = "io.katacontainers.pkg.oci.container_type";
const IMAGE_NAME: string = "io.kubernetes.cri.image-name";

/** As `planGuestPull`, for an image about which the host has no metadata. */
export function planForcedPull(container: Container, shared: SharedFile): void {
  planGuestPull(container, new TextMap(), shared);
}

/**
 * Plans a root filesystem from an image that the guest pulls. The guest gets the image's metadata and the container's annotations
 * (Kata's handleImageGuestPullBlockVolume).
 */
export function planGuestPull(container: Container, metadata: TextMap, shared: SharedFile): void {
  const annotations = container.annotations;
  const image = imageOf(annotations);
  if (image == null || image.length == 0) {
    refuse("missing-image-name", Text.of(IMAGE_NAME), Text.of("container.annotations"));
    return;
  }
  for (let i = 0; i < annotations.names.length; i++) metadata.add(annotations.names[i], annotations.values[i]);
  addKataAnnotations(metadata, container);
  const storage = new Storage("image_guest_pull", image, Text.of("overlay"), shared.guestPath);
  const writer = new JsonWriter(USUAL_BYTES);
  writeGoMap(writer.raw('image_guest_pull={"metadata":'), metadata);
  storage.driverOptions.push(writer.raw("}").text());
  setNeedsEscapes(true); // the option contains quotes
  shared.storages.push(storage);
}

// The name of the image, which the CRI's runtime writes into an annotation. The sandbox's own container has the pause image,
// which is in the guest.
function imageOf(annotations: TextMap): Text | null {
  const isOfCri = criTypeOf(annotations) != null;
  const type = containerTypeOf(annotations);
  const isSandbox = type.is("pod_sandbox");
  if (isSandbox && isOfCri) return Text.of("pause");
  const isCrio = annotations.get(CONTAINERD_TYPE) == null && annotations.get(CRIO_TYPE) != null;
  const image = annotations.get(isCrio ? "io.kubernetes.cri-o.ImageName" : IMAGE_NAME);
  return image == null && isSandbox ? Text.of("pause") : image;
}

// Adds the annotations that both of Kata's runtimes set, in place of the container's own.
function addKataAnnotations(metadata: TextMap, container: Container): void {
  metadata.add(Text.of(CONTAINER_TYPE), containerTypeOf(container.annotations));
  if (container.bundle != null) metadata.add(Text.of("io.katacontainers.pkg.oci.bundle_path"), container.bundle!);
}

// Kata's word for the CRI's type of container. For an unknown type the annotation stays as it is.
function containerTypeOf(annotations: TextMap): Text {
  const type = criTypeOf(annotations);
  if (type != null && type.is("container")) return Text.of("pod_container");
  if (type != null && (type.is("sandbox") || type.is("podsandbox"))) return Text.of("pod_sandbox");
  const annotated = annotations.get(CONTAINER_TYPE);
  return annotated != null ? annotated : Text.of("single_container");
}

function criTypeOf(annotations: TextMap): Text | null {
  const type = annotations.get(CONTAINERD_TYPE);
  return type != null ? type : annotations.get(CRIO_TYPE);
}
