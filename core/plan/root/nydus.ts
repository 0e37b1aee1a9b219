import * as directories from "../../directories";
import { join } from "../../path";
import { refuse, refused } from "../../refusal";
import { Container } from "../../request/container";
import { Hypervisor, HYPERVISORS, Sandbox, SHARED_FS, SharedFs } from "../../request/sandbox";
import { readPath } from "../../request/values";
import { bind, rafsMount, rafsUmount, remove, umount } from "../../step";
import { Storage } from "../../storage";
import { Text } from "../../text";
import { checkOverlayDirectory } from "../agent-options";
import { Plan } from "../plan";
import { planContainerDirectory } from "./container-directory";
import { jsonOf } from "./option-json";
import { lastOptionWith } from "./root-kind";

/** The option of nydus' snapshotter that describes an image. */
@final @unmanaged
class ExtraOption {
  source: Text = Text.empty;
  config: Text = Text.empty;
  snapshotdir: Text = Text.empty;
}

/**
 * Plans a root filesystem from an image that nydusd serves, which is the lower directory of an overlay. The upper directory is
 * the snapshot's directory on the host, which is shared writable.
 */
export function planNydus(plan: Plan, sandbox: Sandbox, container: Container): void {
  checkSandbox(sandbox);
  const option = readExtraOption(container);
  if (refused()) return;
  const shared = plan.shared!;
  plan.add(rafsMount(directories.rafs(container.id), option.source, option.config));
  const directory = planContainerDirectory(plan, container);
  plan.add(bind(option.snapshotdir, join(directory, Text.of("snapshotdir")), false, 0));
  const guest = directories.guestDirectory(sandbox);
  const snapshot = join(join(guest, container.id), Text.of("snapshotdir"));
  const images = directories.guestNydusDirectory(sandbox);
  checkOverlayDirectory(sandbox.guestDir, "sandbox.guestDir");
  checkOverlayDirectory(sandbox.rootlessDir, "sandbox.rootlessDir");
  const overlay = Text.of("overlay");
  const storage = new Storage("overlayfs", overlay, overlay, shared.guestPath);
  storage.option((Text.of("upperdir=") + snapshot).append("/fs"));
  storage.option((Text.of("workdir=") + snapshot).append("/work"));
  storage.option(Text.of("lowerdir=") + images + directories.rafs(container.id));
  storage.option(Text.of("index=off"));
  shared.storages.push(storage);
}

/** Plans to remove the image and the share of the snapshot's directory. */
export function planNydusRemoval(plan: Plan, container: Container, directory: Text): void {
  const snapshot = join(directory, Text.of("snapshotdir"));
  plan.add(rafsUmount(directories.rafs(container.id)));
  plan.add(umount(snapshot));
  plan.add(remove(snapshot));
}

// Other hypervisors have no nydusd (Kata issue 3654).
function checkSandbox(sandbox: Sandbox): void {
  const hypervisor = sandbox.hypervisor;
  if (hypervisor != Hypervisor.Qemu && hypervisor != Hypervisor.Clh) {
    refuse("needs-nydusd", Text.of(HYPERVISORS[hypervisor]), Text.of("sandbox.hypervisor"));
  }
  const sharedFs = sandbox.sharedFs;
  if (sharedFs != SharedFs.VirtioFsNydus) {
    refuse("needs-nydusd", Text.of(SHARED_FS[sharedFs]), Text.of("sandbox.sharedFs"));
  }
}

// The last such option counts (Kata's parseExtraOption).
function readExtraOption(container: Container): ExtraOption {
  const extra = new ExtraOption();
  const index = lastOptionWith(container.rootFs, "extraoption=");
  if (index < 0) {
    refuse("missing-option", Text.of("extraoption="), Text.of("container.rootFs.options"));
    return extra;
  }
  const json = jsonOf(container, index, 12);
  if (json == null) return extra;
  json.object();
  while (json.field()) {
    if (json.is("source")) extra.source = json.text();
    else if (json.is("config")) extra.config = json.text();
    else if (json.is("snapshotdir")) extra.snapshotdir = readPath(json);
    else json.skip();
  }
  json.require(extra.source.length > 0, "source");
  json.require(extra.config.length > 0, "config");
  json.require(extra.snapshotdir.length > 0, "snapshotdir");
  json.finish();
  return extra;
}
