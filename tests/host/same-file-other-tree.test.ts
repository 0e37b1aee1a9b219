import assert from "node:assert/strict";
import { chownSync, existsSync, readdirSync, statSync } from "node:fs";
import { bindSource } from "../../ffi/linux/bind.ts";
import { hostOf } from "../../ffi/linux/host.ts";
import type { Container, Mount } from "../../ffi/mod.ts";
import { mountTmpfs, mount as mountWith } from "../support/mounts.ts";
import { isMachineRoot } from "../support/namespace.ts";
import { libc } from "../support/runtimes.ts";
import { holdOf, noChildren } from "../support/sandbox/binding.ts";
import { containerWith, mountedTogether } from "../support/sandbox/together.ts";
import { mountTest, type Scratch } from "../support/scratch.ts";

// The same device and inode is not always the same tree: what is mounted below it depends on the way there.

const rbind = (source: string): Mount => ({ source, destination: "/x", type: "bind", options: ["rbind"] });

/** Where the view has what two containers get, shared one after the other; `between` comes before the second. */
async function shareBoth(
  scratch: Scratch,
  first: Mount,
  second: Mount,
  between = () => {},
): Promise<[string, string]> {
  const share = scratch.share();
  await share.prepare();
  const pathOf = async (container: Container) => {
    const { outcomes } = await share.shareContainer(container);
    const { hostPath = "" } = outcomes[0]?.shared ?? {};
    return scratch.view(hostPath.slice(scratch.hub("").length + 1));
  };
  const one = await pathOf(containerWith(scratch, "c1", [first]));
  between();
  return [one, await pathOf(containerWith(scratch, "c2", [second]))];
}

function withSecret(scratch: Scratch): { all: string; alone: string } {
  const all = scratch.directory("all");
  const alone = scratch.directory("alone");
  scratch.directory("all/below");
  mountWith("--bind", all, alone);
  mountWith("--make-private", alone); // else what is mounted below one is below the other
  mountTmpfs(`${all}/below`);
  scratch.file("all/below/secret");
  return { all, alone };
}

mountTest(
  "a container does not get the mounts below another container's way to the same directory",
  async (scratch) => {
    const { all, alone } = withSecret(scratch);
    const [first, second] = await shareBoth(scratch, rbind(all), rbind(alone));
    assert.deepEqual(readdirSync(`${first}/below`), ["secret"]);
    assert.deepEqual(readdirSync(`${second}/below`), []);
  },
);

mountTest(
  "a container gets what is mounted below its own way to another container's directory",
  async (scratch) => {
    const { all, alone } = withSecret(scratch);
    const [first, second] = await shareBoth(scratch, rbind(alone), rbind(all));
    assert.deepEqual(readdirSync(`${first}/below`), []);
    assert.deepEqual(readdirSync(`${second}/below`), ["secret"]);
  },
);

mountTest(
  "a container gets what was mounted below its source after another one shared it",
  async (scratch) => {
    const source = scratch.directory("d");
    const below = scratch.directory("d/below");
    const mounting = () => {
      mountTmpfs(below);
      scratch.file("d/below/new");
    };
    const [, second] = await shareBoth(scratch, rbind(source), rbind(source), mounting);
    assert.ok(existsSync(`${second}/below/new`));
  },
);

/** Another mount of a directory, which shows 1000's files as somebody else's; its path. */
async function idmapped(scratch: Scratch, source: string, hostID: number): Promise<string> {
  const host = hostOf(libc);
  const ids = [{ containerID: 1000, hostID, size: 1 }];
  const bind = { source, recursive: false, attributes: ["idmap"], uidMappings: ids, gidMappings: ids };
  const directory = host.sys.openPath(scratch.path);
  const hold = holdOf(host, { directory, name: "staging" });
  await bindSource(host, bind, { directory, name: `of${hostID}` }, hold);
  host.sys.closeLate();
  host.sys.close(directory);
  return `${scratch.path}/of${hostID}`;
}

mountTest(
  "two idmapped mounts of one directory are two sources",
  async (scratch) => {
    const source = scratch.directory("d");
    chownSync(scratch.file("d/f"), 1000, 1000);
    const ways = [await idmapped(scratch, source, 5000), await idmapped(scratch, source, 6000)];
    await noChildren();
    const [first, second] = await shareBoth(scratch, rbind(ways[0] as string), rbind(ways[1] as string));
    assert.deepEqual([statSync(`${first}/f`).uid, statSync(`${second}/f`).uid], [5000, 6000]);
    assert.equal(mountedTogether(scratch).length, 2);
  },
  {
    skip: isMachineRoot ? false : "only root of the machine may idmap; files would have had their own owners",
  },
);
