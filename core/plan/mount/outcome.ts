import { coveringOf } from "../covering";
import { JsonWriter } from "../json/write";
import { List } from "../list";
import { lengthOf } from "../literal";
import { lexical } from "../path";
import { refused } from "../refusal";
import { writeIdMappings } from "../request/id-mapping";
import { Mount } from "../request/mount";
import { Storage } from "../storage";
import { Text } from "../text";
import { includes } from "./guest-option";
import { SharedFile } from "./shared-file";
import { KIND_WORDS, Volume } from "./volume-kind";

/** What becomes of one mount of a container, and how the guest's specification has it. */
@final @unmanaged
export class Outcome {
  shared: SharedFile | null = null;
  /** Why, where that is not the kind's own reason. */
  reason: string;
  /** The mount's source and type for the guest; null for its own. */
  source: Text | null = null;
  type: Text | null = null;
  options: List<Text>;
  hasOptions: bool;
  /** Whether the specification for the guest has the mount at all. */
  isKept: bool = true;
  /** Whether its ids are mapped on the host. */
  isIdMapped: bool = false;
  /** Which of the container's mounts hides it in the end; -1 for none. */
  coveredBy: i32 = -1;
  /** Options of the mount that what the guest makes does not have. */
  readonly ignoredOptions: List<Text> = new List<Text>();

  constructor(
    readonly mount: Mount,
    readonly volume: Volume,
  ) {
    this.reason = volume.reason;
    this.options = mount.options;
    this.hasOptions = mount.hasOptions;
  }

  /** The guest makes it: the container gets it from where the storage is mounted. */
  take(storages: List<Storage>, storage: Storage, type: string): void {
    storages.push(storage);
    const shared = new SharedFile(storage.mountPoint);
    shared.storages.push(storage);
    this.shared = shared;
    this.source = storage.mountPoint;
    if (lengthOf(type) > 0) this.type = Text.of(type);
  }

  /** It is a bind: the guest gets to know where neither type nor options say so. */
  sayBind(): void {
    const type = this.mount.type;
    const saysSo = type != null && type.length > 0 && !type.is("none");
    if (!saysSo && !includes(this.options, "bind") && !includes(this.options, "rbind")) this.type = Text.of("bind");
  }

  /** Its ids are mapped on the host: the guest is not to do it again. */
  mapIds(): void {
    this.isIdMapped = true;
    const options: List<Text> = new List<Text>();
    for (let i = 0; i < this.options.length; i++) {
      const option = this.options[i];
      if (!option.is("idmap") && !option.is("ridmap")) options.push(option);
    }
    this.options = options;
  }

  /** Writes what becomes of it. */
  write(to: JsonWriter): void {
    to.field('{"destination":', this.mount.destination);
    to.raw(',"kind":"').raw(unchecked(KIND_WORDS[this.volume.kind])).raw('","reason":"').raw(this.reason);
    to.raw('"');
    if (this.coveredBy >= 0) to.raw(',"coveredBy":').integer(this.coveredBy);
    if (this.ignoredOptions.length > 0) to.raw(',"ignoredOptions":').strings(this.ignoredOptions);
    if (this.shared != null) this.shared!.write(to.raw(',"shared":'));
    to.raw("}");
  }

  /** Writes it as a mount of the OCI runtime-spec. */
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

/** What `shareContainer` gives besides steps and storages. */
@final @unmanaged
export class ContainerAnswer {
  readonly outcomes: List<Outcome> = new List<Outcome>();

  constructor(
    readonly rootPath: Text,
    readonly readonlyRootfs: bool,
  ) {}

  /** Finds which mounts others hide: the guest makes all that it keeps, in their order. */
  findCovered(): void {
    const kept: List<i32> = new List<i32>();
    const paths: List<Text> = new List<Text>();
    for (let i = 0; i < this.outcomes.length; i++) {
      if (!this.outcomes[i].isKept) continue;
      kept.push(i);
      paths.push(lexical(this.outcomes[i].mount.destination));
    }
    const covering = coveringOf(paths);
    for (let i = 0; i < kept.length; i++) {
      if (covering[i] >= 0) this.outcomes[kept[i]].coveredBy = kept[covering[i]];
    }
  }

  write(to: JsonWriter): void {
    to.raw(',"mounts":');
    let count = 0;
    for (let i = 0; i < this.outcomes.length && !refused(); i++) {
      if (this.outcomes[i].isKept) this.outcomes[i].writeMount(to.raw(count++ == 0 ? "[" : ","));
    }
    to.raw(count == 0 ? "[]" : "]");
    to.field(',"rootPath":', this.rootPath);
    if (this.readonlyRootfs) to.raw(',"readonlyRootfs":true');
    to.raw(',"outcomes":[');
    for (let i = 0; i < this.outcomes.length && !refused(); i++) {
      if (i > 0) to.raw(",");
      this.outcomes[i].write(to);
    }
    to.raw("]");
  }
}
