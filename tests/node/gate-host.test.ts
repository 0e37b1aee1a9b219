import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pid } from "node:process";
import test from "node:test";
import type { HostPlace } from "../../node/gate/host-place.ts";
import { lookAtHost } from "../../node/gate/host-view.ts";
import { judgeContainer } from "../../node/gate/judge.ts";
import { LinkReader } from "../../node/gate/link-reader.ts";
import { linesAbout } from "../../node/gate/mount-lines.ts";
import { askedBy } from "../../node/gate/rule-places.ts";
import type { GateRules } from "../../node/gate/rules.ts";
import { walkTo } from "../../node/gate/walk.ts";
import { Child } from "../support/child.ts";
import { mount, unmount } from "../support/mounts.ts";
import { mountTest, type Scratch } from "../support/scratch.ts";

const pod = { namespace: "shop", runtimeHandler: "kata" };

/** What rules say of sources, as the host of a process has them. */
async function judgedAll(
  rules: GateRules,
  sources: readonly string[],
  { options = ["rbind"], process = "own" as number | "own", links = new LinkReader().session() } = {},
): Promise<string[]> {
  const asked = askedBy(rules, sources);
  const view = await lookAtHost(asked, { process, links, hostMs: 20_000, longestMs: 60_000 });
  const mounts = sources.map((source, i) => ({ destination: `/data${i}`, type: "bind", source, options }));
  const { refused } = judgeContainer(rules, { pod, container: { id: "c1", mounts } }, view);
  return sources.map((_, i) =>
    refused
      .filter(({ path }) => path === `container.mounts[${i}]`)
      .map(({ code, because }) => (code === "unknown-source" ? `${code}: ${because}` : code))
      .join(),
  );
}

/** What rules say of a source, as the host of a process has it. */
async function judged(
  rules: GateRules,
  source: string,
  options = ["rbind"],
  process: number | "own" = "own",
): Promise<string> {
  const [only = ""] = await judgedAll(rules, [source], { options, process });
  return only;
}

/** A directory with what is refused, and others. */
function planted(scratch: Scratch): { path: string; rules: GateRules } {
  const path = join(scratch.path, "host");
  for (const name of ["secret/keys", "volumes/v1", "other", "run"])
    mkdirSync(join(path, name), { recursive: true });
  writeFileSync(join(path, "secret/keys/ca.key"), "");
  return { path, rules: { refuse: { paths: [join(path, "secret")] } } };
}

mountTest("links in the middle and at the end of a source lead where the kernel goes", async (scratch) => {
  const { path, rules } = planted(scratch);
  const link = (target: string, name: string) => symlinkSync(target, join(path, name));
  link("secret", "relative");
  link(join(path, "secret"), "absolute");
  link("../secret/keys", "volumes/up");
  link("absolute/../absolute/keys", "chain");
  link("loop", "loop");
  link("missing/x", "dangling");
  link("..", "secret/back");
  for (const name of ["relative", "absolute/keys", "volumes/up/ca.key", "chain", "other/../absolute/."])
    assert.equal(await judged(rules, join(path, name)), "refused-path", name);
  // Spelled in full: join() would clean it.
  assert.equal(await judged(rules, `${path}/volumes/up/../keys`), "refused-path");
  assert.equal(await judged(rules, `${path}/volumes/v1/../../relative/../other`), "");
  assert.equal(await judged(rules, `${path}/secret/../other`), "");
  assert.equal(await judged(rules, `${path}//.//volumes/../../host`), "refused-path");
  assert.equal(await judged(rules, join(path, "loop")), "unknown-source: it has too many links");
  for (const name of ["other", "volumes/v1", "dangling", "missing/a/b", "run/x"])
    assert.equal(await judged(rules, join(path, name)), "", name);
  // By its spelling it is in what is refused, wherever it leads.
  assert.equal(await judged(rules, `${path}/secret/back/other`), "refused-path");
});

mountTest("a rule's path may be a link, and what it leads to is refused", async (scratch) => {
  const { path } = planted(scratch);
  symlinkSync("run", join(path, "var-run"));
  const rules = { refuse: { paths: [`${path}/var-run/docker.sock`] } };
  for (const name of ["run", "run/docker.sock", "var-run", "var-run/docker.sock"])
    assert.equal(await judged(rules, join(path, name)), "refused-path", name);
  assert.equal(await judged(rules, join(path, "run/other.sock")), "");
});

mountTest("a bind of what is refused is refused, as kubelet makes one for a subPath", async (scratch) => {
  const { path, rules } = planted(scratch);
  const at = (name: string) => join(path, name);
  mount("--bind", at("secret/keys"), at("volumes/v1"));
  try {
    assert.equal(await judged(rules, at("volumes/v1")), "refused-path");
    assert.equal(await judged(rules, at("volumes")), "refused-path");
    assert.equal(await judged(rules, at("volumes"), ["bind"]), "");
    assert.equal(await judged(rules, at("other")), "");
    // A source that was mounted over is what is on top.
    mount("-t", "tmpfs", "t", at("volumes/v1"));
    assert.equal(await judged(rules, at("volumes/v1")), "");
    unmount(at("volumes/v1"));
  } finally {
    unmount(at("volumes/v1"));
  }
  // What has what is refused in it, bound elsewhere.
  mount("--bind", path, at("other"));
  try {
    assert.equal(await judged(rules, at("other")), "refused-path");
    assert.equal(await judged(rules, at("other/secret/keys")), "refused-path");
    assert.equal(await judged(rules, at("other/run")), "");
  } finally {
    unmount(at("other"));
  }
});

mountTest("however much a container has the host look at, the places of rules are known", async (scratch) => {
  const { path, rules } = planted(scratch);
  const bound = join(path, "volumes/v1");
  mount("--bind", join(path, "secret"), bound);
  try {
    const names = bound.split("/").length - 1;
    const fill = Array.from({ length: 200 }, (_, i) => `/z${i}${"/a".repeat(i === 0 ? 99 - names : 99)}`);
    const [first, ...others] = await judgedAll(rules, [bound, ...fill]);
    assert.equal(first, "refused-path");
    assert.deepEqual(new Set(others), new Set([""]));
    const last = await judgedAll(rules, [...fill, bound, "/z/a"]);
    const tooMuch = "unknown-source: there is too much to look at";
    assert.deepEqual([last[0], last[199], last[201]], ["", "", tooMuch]);
  } finally {
    unmount(bound);
  }
});

mountTest("while it is not known where a rule's path leads, no source passes", async (scratch) => {
  const { path } = planted(scratch);
  symlinkSync("loop", join(path, "loop"));
  const rule = join(path, "loop/x");
  const unknown = `unknown-source: where "${rule}" of the rule leads is not known: it has too many links`;
  for (const rules of [{ refuse: { paths: ["/elsewhere", rule] } }, { readOnly: [rule] }])
    assert.deepEqual(await judgedAll(rules, [join(path, "other"), "/etc"]), [unknown, unknown]);
});

mountTest('read-only by "ro" is not enough where something is mounted below', async (scratch) => {
  const { path } = planted(scratch);
  const rules = { readOnly: [join(path, "secret")] };
  const source = join(path, "secret");
  assert.equal(await judged(rules, source, ["rbind", "ro"]), "");
  mount("-t", "tmpfs", "t", join(source, "keys"));
  try {
    assert.equal(await judged(rules, source, ["rbind", "ro"]), "writable");
    assert.equal(await judged(rules, source, ["rbind", "rro"]), "");
    assert.equal(await judged(rules, source, ["bind", "ro"]), "");
  } finally {
    unmount(join(source, "keys"));
  }
});

mountTest(
  "the kernel's filesystems are refused by their types, and what leads through /proc",
  async (scratch) => {
    const { path, rules } = planted(scratch);
    const kernel: GateRules = { refuse: { kernelFilesystems: true } };
    const hostRoot: GateRules = { refuse: { hostRoot: true } };
    const at = join(path, "other");
    mount("-t", "mqueue", "q", at);
    try {
      assert.equal(await judged(kernel, at), "kernel-filesystem");
      assert.equal(await judged(kernel, path), "kernel-filesystem");
      assert.equal(await judged(kernel, path, ["bind"]), "");
    } finally {
      unmount(at);
    }
    assert.equal(await judged(kernel, path), "");
    symlinkSync(`/proc/${pid}/root`, join(path, "root-of-1"));
    symlinkSync(`/proc/${pid}/cwd`, join(path, "cwd"));
    const through = "unknown-source: it goes through a link of /proc";
    for (const [name, all] of [
      [`/proc/${pid}/root`, "kernel-filesystem"],
      ["/proc/self/root/etc", "kernel-filesystem"],
      [`${path}/root-of-1`, ""],
      [`${path}/cwd/x`, ""],
    ] as const) {
      assert.equal(await judged(kernel, name), [all, through].filter(Boolean).join(), name);
      assert.equal(await judged(hostRoot, name), through, name);
      assert.equal(await judged(rules, name), through, name);
    }
    assert.equal(await judged(hostRoot, "/"), "host-root");
    assert.equal(await judged(hostRoot, `${path}/../../../../..`), "host-root");
    assert.equal(await judged(hostRoot, path), "");
  },
);

mountTest("sources are where the runtime has them, in its mount namespace", async (scratch) => {
  const { path, rules } = planted(scratch);
  const script = `mount --bind "$0/secret" "$0/volumes/v1" && ln -s secret "$0/run/late" && echo ready && read line`;
  const runtime = new Child(["unshare", "-m", "--propagation", "private", "sh", "-c", script, path]);
  assert.equal(await runtime.line(), "ready");
  const source = join(path, "volumes/v1");
  assert.equal(await judged(rules, source), "");
  assert.equal(await judged(rules, source, ["rbind"], runtime.pid), "refused-path");
  symlinkSync(join(path, "secret"), join(path, "absolute"));
  assert.equal(await judged(rules, join(path, "absolute"), ["rbind"], runtime.pid), "refused-path");
  await runtime.end();
  const gone = await judged(rules, source, ["rbind"], runtime.pid);
  assert.match(gone, /^unknown-source: the host's mounts cannot be read: (ENOENT|ESRCH)/);
});

/** The host of a runtime, whose /run is its own. */
const RUNTIME_HOST = `mount -t tmpfs t /run && mkdir -p /run/user/1000 /run/user/2/podman /run/containerd/c2/rootfs &&
touch /run/containerd/containerd.sock &&
mount -t tmpfs t /run/user/1000 && mkdir /run/user/1000/podman /run/user/1000/pulse && ln -s / /run/user/1000/docker.sock &&
mount -t tmpfs t /run/containerd/c2/rootfs && mkdir /run/containerd/c2/rootfs/etc &&
cd "$0/binds" && mount --bind /run/user/1000/podman podman && mount --bind /run/user/1000/pulse pulse &&
mount --bind /run/user/2/podman plain && mount --bind /run/user/1000 user && mount --bind /run run &&
mount --bind /run/containerd/c2/rootfs/etc etc && touch socket && mount --bind /run/containerd/containerd.sock socket &&
echo ready && read line`;

mountTest(
  "runtimes' sockets and root filesystems are known wherever they are bound, and by links",
  async ({ path }) => {
    const names = ["podman", "pulse", "plain", "user", "run", "etc", "none"];
    for (const name of names) mkdirSync(join(path, "binds", name), { recursive: true });
    for (const [name, target] of [
      ["to-run", "/run"],
      ["to-containerd", "../../../../../../run/containerd"],
      ["to-user", "/run/user/1000"],
      ["to-binds", "binds"],
    ] as const)
      symlinkSync(target, join(path, name));
    const runtime = new Child(["unshare", "-m", "--propagation", "private", "sh", "-c", RUNTIME_HOST, path]);
    assert.equal(await runtime.line(), "ready");
    const rules = { refuse: { runtimeSockets: true } };
    const said = (name: string, options?: string[]) => judged(rules, join(path, name), options, runtime.pid);
    for (const name of ["podman", "plain", "user", "run", "etc", "socket"])
      assert.equal(await said(`binds/${name}`), "runtime-socket", name);
    for (const name of ["pulse", "none"]) assert.equal(await said(`binds/${name}`), "", name);
    assert.equal(await said("binds"), "runtime-socket");
    assert.equal(await said("binds", ["bind"]), "");
    for (const name of ["to-run", "to-run/containerd", "to-user", "to-user/podman", "to-binds/socket"])
      assert.equal(await said(name), "runtime-socket", name);
    assert.equal(await said("to-user/pulse"), "");
    // A user's link is not followed for the rule: here it would make the host's root a socket.
    assert.equal(await judged(rules, "/etc", ["rbind"], runtime.pid), "");
    await runtime.end();
  },
);

mountTest("an overlay of the host is refused by what it is made of", async (scratch) => {
  const { path, rules } = planted(scratch);
  const at = (name: string) => join(path, name);
  for (const name of ["merged", "outer"]) mkdirSync(at(name));
  mount("-t", "overlay", "-o", `lowerdir=${at("other")}:${at("secret")}`, "o", at("merged"));
  try {
    assert.equal(await judged(rules, at("merged")), "refused-path");
    assert.equal(await judged(rules, at("merged/keys")), "refused-path");
    mount("--bind", at("merged"), at("volumes/v1"));
    assert.equal(await judged(rules, at("volumes/v1")), "refused-path");
    assert.equal(await judged(rules, at("volumes")), "refused-path");
    assert.equal(await judged(rules, at("volumes"), ["bind"]), "");
    mount("-t", "overlay", "-o", `lowerdir=${at("merged")}:${at("run")}`, "o", at("outer"));
    assert.equal(await judged(rules, at("outer")), "refused-path");
    unmount(at("outer"));
    unmount(at("volumes/v1"));
  } finally {
    unmount(at("merged"));
  }
});

mountTest(
  "of an overlay a place is judged by the same place of each directory, whatever these are called",
  async (scratch) => {
    const { path, rules } = planted(scratch);
    const at = (name: string) => join(path, name);
    const beside = (name: string) => join(scratch.path, name);
    for (const name of ["host/merged", "work", "up per", "lo:we r"]) mkdirSync(beside(name));
    const lower = `${beside("lo:we r").replace(":", "\\:")}:${path}`;
    const options = `lowerdir=${lower},upperdir=${beside("up per")},workdir=${beside("work")}`;
    mount("-t", "overlay", "-o", options, "o", at("merged"));
    try {
      for (const [source, code] of [
        ["merged", "refused-path"],
        ["merged/secret", "refused-path"],
        ["merged/run", ""],
      ] as const)
        assert.equal(await judged(rules, at(source)), code, source);
      assert.equal(
        await judged({ refuse: { paths: [beside("lo:we r/run")] } }, at("merged/run")),
        "refused-path",
      );
      assert.equal(await judged({ refuse: { paths: [beside("lo")] } }, at("merged/run")), "");
      const upper = { readOnly: [beside("up per")] };
      assert.equal(await judged(upper, at("merged/run")), "writable");
      assert.equal(await judged(upper, at("merged/run"), ["rbind", "ro"]), "");
      assert.equal(await judged({ readOnly: [at("run")] }, at("merged/run")), "");
    } finally {
      unmount(at("merged"));
    }
  },
);

mountTest("an overlay that was mounted by relative paths does not say what it is of", async (scratch) => {
  const { path, rules } = planted(scratch);
  mkdirSync(join(path, "merged"));
  const script = 'cd "$0" && mount -t overlay -o lowerdir=secret:other o merged && echo ready && read line';
  const runtime = new Child(["unshare", "-m", "--propagation", "private", "sh", "-c", script, path]);
  assert.equal(await runtime.line(), "ready");
  const relative = "unknown-source: it is of an overlay that was mounted by relative paths";
  assert.equal(await judged(rules, join(path, "merged"), ["rbind"], runtime.pid), relative);
  assert.equal(await judged(rules, join(path, "other"), ["rbind"], runtime.pid), "");
  await runtime.end();
});

test("a filesystem that does not answer holds up neither the runtime nor others, and is refused", async () => {
  // Links are read as of a server's filesystem, which never answers for one of two paths.
  let asked = 0;
  const slow = new LinkReader(async (path) => {
    asked += 1;
    if (path.includes("stuck")) await new Promise(() => {});
    return undefined;
  });
  for (let i = 0; i < 4; i += 1) {
    const session = slow.session();
    const read = (path: string) => session.read("", path, "nfs4");
    const first = walkTo("/stuck", read);
    const second = walkTo("/alive", read);
    const late = new Promise((resolve) => setTimeout(resolve, 5, "late"));
    assert.equal(await Promise.race([first, second, late]), i < 2 ? "late" : await first);
    session.end();
  }
  // Two of Node's threads at most wait for it.
  assert.equal(asked, 2);
});

test("an overlay may be of what does not answer, and is not waited for in this thread", async () => {
  const asked: string[] = [];
  const session = new LinkReader(async (path) => {
    asked.push(path);
    return undefined;
  }).session();
  for (const filesystem of ["overlay", "fuse.nydus", "ext4"])
    await session.read("", `/none-${filesystem}`, filesystem);
  assert.deepEqual(asked, ["/none-overlay", "/none-fuse.nydus"]);
});

test("a source of thousands of names is not walked, and others are answered between a container's sources", async () => {
  const read: string[] = [];
  const links = new LinkReader().session();
  links.read = (_root, at) => {
    read.push(at);
    return undefined;
  };
  const deep = "/a".repeat(2000);
  const sources = [deep, ...Array.from({ length: 100 }, (_, i) => `/b${i}/c`)];
  let turns = 0;
  const count = () => {
    turns += 1;
    turn = setImmediate(count);
  };
  let turn = setImmediate(count);
  const view = await lookAtHost(
    { sources, others: [] },
    { process: "own", links, hostMs: 20_000, longestMs: 60_000 },
  );
  clearImmediate(turn);
  assert.deepEqual(view.placeOf(deep), { unknown: "it has too many names" });
  assert.equal((view.placeOf("/b99/c") as HostPlace).path, "/b99/c");
  assert.deepEqual([read.length, read.includes("/a")], [200, false]);
  assert.ok(turns >= 10, `${turns} turns`);
});

test("of a host's mounts those are read that are about some paths, whatever they are called", () => {
  const targets = [
    "/",
    "/proc",
    "/run",
    "/run/a",
    "/run/a/b",
    "/run/ab",
    "/x\\040y",
    "/x\\040y/\\134",
    "/é",
    "/é/d/e",
  ];
  const text = targets.map((target, i) => `${i + 1} 1 0:${i} / ${target} rw - tmpfs t rw`).join("\n");
  const bytes = Buffer.from(text);
  const about = (sources: string[], others: string[] = []) =>
    Array.from(
      linesAbout(bytes, { sources, others })
        .toString()
        .matchAll(/^(\d+) /gm),
      ([, id]) => targets[Number(id) - 1],
    );
  assert.deepEqual(about([]), ["/"]);
  assert.deepEqual(about(["/run/a"]), ["/", "/run", "/run/a", "/run/a/b"]);
  assert.deepEqual(about(["/run//a/./"]), ["/", "/run", "/run/a", "/run/a/b"]);
  assert.deepEqual(about([], ["/run/a"]), ["/", "/run", "/run/a"]);
  assert.deepEqual(about(["/run/a/b/c/d"]), ["/", "/run", "/run/a", "/run/a/b"]);
  assert.deepEqual(about(["/x y"]), ["/", "/x\\040y", "/x\\040y/\\134"]);
  assert.deepEqual(about([], ["/x y/\\/z"]), ["/", "/x\\040y", "/x\\040y/\\134"]);
  assert.deepEqual(about(["/é/d"]), ["/", "/é", "/é/d/e"]);
  assert.equal(about(["/"]).length, targets.length);
});

test("a walk ends, however long and twisted a path is", async () => {
  const links: Record<string, string> = { "/a": "a", "/b": "b/".repeat(40), "/c": "/c/c" };
  const read = (path: string) => links[path];
  assert.deepEqual(await walkTo("/a", read), { unknown: "it has too many links" });
  assert.deepEqual(await walkTo("/b", read), { unknown: "it has too many links" });
  assert.deepEqual(await walkTo("/c", read), { unknown: "it has too many links" });
  assert.deepEqual(await walkTo("/x".repeat(5000), read), { unknown: "it has too many names" });
  assert.equal(await walkTo("/x/../../y/./z//", read), "/y/z");
  assert.equal(await walkTo("", read), "/");
});
