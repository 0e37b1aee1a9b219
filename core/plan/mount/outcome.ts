import { JsonWriter } from "../../json/write";
import { List } from "../../list";
import { lengthOf } from "../../literal";
import { writeIdMappings } from "../../request/id-mapping";
import { Mount } from "../../request/mount";
import { Storage } from "../../storage";
import { Text } from "../../text";
import { hasOption } from "../agent-options";
import { SharedFile } from "../shared-file";
import { Classification, KIND_WORDS, VolumeKind } from "./volume-kind";

/** What becomes of one mount of a container, and the mount that the guest's specification has for it. */
@final @unmanaged
export class Outcome {
  shared: SharedFile | null = null;
  readonly kind: VolumeKind;
  /** The word for the reason of that kind. */
  reason: string;
  /** The source and type in the guest's specification; null for those of the mount. */
  source: Text | null = null;
  type: Text | null = null;
  options: List<Text>;
  hasOptions: bool;
  /** Whether the guest's specification has the mount. */
  isKept: bool = true;
  /** Whether the host maps its ids. */
  isIdMapped: bool = false;
  /** The index of the container's mount that covers it in the end; -1 for none. */
  coveredBy: i32 = -1;
  /** The options of the mount that are ignored, because the guest's memory has others. */
  readonly ignoredOptions: List<Text> = new List<Text>();

  constructor(
    readonly mount: Mount,
    classification: Classification,
  ) {
    this.kind = classification.kind;
    this.reason = classification.reason;
    this.options = mount.options;
    this.hasOptions = mount.hasOptions;
  }

  /** The agent mounts a storage, and the container's mount is made from there, with this type; "" for the mount's own. */
  mountFrom(storage: Storage, type: string): void {
    const shared = new SharedFile(storage.mountPoint);
    shared.storages.push(storage);
    this.shared = shared;
    this.source = storage.mountPoint;
    if (lengthOf(type) > 0) this.type = Text.of(type);
  }

  /** The container's mount is made from a share or a copy. */
  setShared(file: SharedFile): void {
    this.shared = file;
    this.source = file.guestPath;
  }

  /** Gives a bind its type, if neither its type nor its options say that it is one. */
  setBindType(): void {
    const type = this.mount.type;
    const saysSo = type != null && type.length > 0 && !type.is("none");
    if (!saysSo && !hasOption(this.options, "bind") && !hasOption(this.options, "rbind")) this.type = Text.of("bind");
  }

  /** The host maps its ids, so that the guest must not do it again. */
  mapIdsOnHost(): void {
    this.isIdMapped = true;
    const options: List<Text> = new List<Text>();
    for (let i = 0; i < this.options.length; i++) {
      const option = this.options[i];
      if (!option.is("idmap") && !option.is("ridmap")) options.push(option);
    }
    this.options = options;
  }

  /** Writes the outcome. */
  write(to: JsonWriter): void {
    to.field('{"destination":', this.mount.destination);
    to.raw(',"kind":"').raw(unchecked(KIND_WORDS[this.kind])).raw('","reason":"').raw(this.reason);
    to.raw('"');
    if (this.coveredBy >= 0) to.raw(',"coveredBy":').integer(this.coveredBy);
    if (this.ignoredOptions.length > 0) to.raw(',"ignoredOptions":').strings(this.ignoredOptions);
    if (this.shared != null) this.shared!.write(to.raw(',"shared":'));
    to.raw("}");
  }

  /** Writes the mount of the guest's specification (OCI runtime-spec). */
  writeMount(to: JsonWriter): void {
    const mount = this.mount;
    to.field('{"destination":', mount.destination);
    const type = this.type != null ? this.type : mount.type;
    if (type != null) to.field(',"type":', type);
    const source = this.source != null ? this.source : mount.source;
    if (source != null) to.field(',"source":', source);
    if (this.hasOptions) to.raw(',"options":').strings(this.options);
    if (!this.isIdMapped) writeIdMappings(to, mount.uidMappings, mount.gidMappings);
    to.raw("}");
  }
}
