import assert from "node:assert/strict";
import { test } from "node:test";
import type { HostPlace, HostView, UnknownPlace } from "../../node/gate/host-place.ts";
import { spelledView } from "../../node/gate/host-place.ts";
import { type GateSubject, judgeContainer } from "../../node/gate/judge.ts";
import { runtimeSockets } from "../../node/gate/refused-places.ts";
import type { GateRules } from "../../node/gate/rules.ts";

const pod = { namespace: "shop", runtimeHandler: "kata" };
const bind = (source: string, options = "rbind rprivate rw", type = "bind") => {
  return { destination: "/data", source, type, options: options.split(" ") };
};

function codesOf(
  rules: GateRules,
  mount: GateSubject["container"]["mounts"][number],
  view?: HostView,
): string {
  const { refused } = judgeContainer(rules, { pod, container: { id: "c1", mounts: [mount] } }, view);
  return refused.map(({ code, rule }) => `${code} ${rule}`).join(", ");
}

const hostRoot: GateRules = { refuse: { hostRoot: true } };
const kernel: GateRules = { refuse: { kernelFilesystems: true } };
const sockets: GateRules = { refuse: { runtimeSockets: true } };
const paths: GateRules = { refuse: { paths: ["/etc/kubernetes", "/srv/keys"] } };
const readOnly: GateRules = { readOnly: ["/usr", "/etc/ssl"] };
const root = "host-root refuse.hostRoot";
const proc = "kernel-filesystem refuse.kernelFilesystems";
const socket = "runtime-socket refuse.runtimeSockets";
const path = "refused-path refuse.paths[0]";
const unknown = "unknown-source refuse";
const relative = "relative-source refuse";

// What a rule says of a bind's source, by its spelling.
const sources: readonly (readonly [rules: GateRules, source: string, codes: string])[] = [
  // The host's root, however it is spelled
  ...["/", "//", "/.", "/./", "///.//"].map((source) => [hostRoot, source, root] as const),
  [hostRoot, "/srv", ""],
  [hostRoot, "/etc/..", unknown],
  [hostRoot, "/../..", unknown],
  [hostRoot, "", relative],
  [hostRoot, "srv", relative],
  [hostRoot, "..", relative],
  [hostRoot, "./", relative],
  [hostRoot, "/\0", unknown],
  [hostRoot, `/${"a".repeat(5000)}`, unknown],
  // The kernel's filesystems, what is in them, and what has them
  ...[
    "/proc",
    "/proc/",
    "//proc",
    "/./proc/1/root",
    "/proc/self/fd/3",
    "/sys",
    "/sys/fs/cgroup",
    "/dev",
    "/dev/sda",
  ].map((source) => [kernel, source, proc] as const),
  [kernel, "/", proc],
  [kernel, "/dev/shm", ""],
  [kernel, "/dev/shm/x", ""],
  [kernel, "/dev/shmx", proc],
  [kernel, "/dev/hugepages", ""],
  [kernel, "/device", ""],
  [kernel, "/process", ""],
  [kernel, "/srv/proc", ""],
  [kernel, "/srv/../proc", unknown],
  // Sockets, what is beside them, and the directories above
  [sockets, "/run/containerd/containerd.sock", socket],
  [sockets, "/run//containerd/./containerd.sock/", socket],
  [sockets, "/run/containerd/s", socket],
  [sockets, "/run/containerd/s/0123", socket],
  [sockets, "/run/containerd", socket],
  [sockets, "/run", socket],
  [sockets, "/run/", socket],
  [sockets, "/", socket],
  [sockets, "/opt/nri", socket],
  [sockets, "/run/containerd.sock", ""],
  [sockets, "/runner", ""],
  // Where runtimes keep what containers are made of
  [sockets, "/run/containerd/io.containerd.runtime.v2.task/k8s.io/c2/rootfs", socket],
  [sockets, "/var/lib/containerd", socket],
  [sockets, "/var/lib/containerd/io.containerd.snapshotter.v1.overlayfs/snapshots/3/fs", socket],
  [sockets, "/var/lib", socket],
  [sockets, "/var/lib/docker/containers", socket],
  [sockets, "/var/lib/containerd2", ""],
  [sockets, "/var/lib/kubelet/pods/u/volumes/v", ""],
  // What this library shares with machines
  [sockets, "/run/guestshare", socket],
  [sockets, "/run/guestshare/s1/mounts", socket],
  [sockets, "/run/guestshare-monitor/monitor.sock", ""],
  // Runtimes of ordinary users, whoever they are
  ...[
    "/run/user",
    "/run/user/",
    "/run/user/1000",
    "/run/user/1000/docker.sock",
    "/run/user/1/podman",
    "/run/user//1000/./podman/podman.sock",
    "/run/user/4294967294/containerd/containerd.sock",
    "/run/user/1000/docker/containerd/containerd.sock",
    "/run/user/1000/buildkit/buildkitd.sock",
  ].map((source) => [sockets, source, socket] as const),
  [sockets, "/run/user/1000/docker.sock2", ""],
  [sockets, "/run/user/1000/pulse/native", ""],
  [sockets, "/run/users/1000/docker.sock", ""],
];

for (const [rules, source, codes] of sources) {
  const shown = JSON.stringify(source).slice(0, 60);
  test(`${Object.keys(rules.refuse ?? rules)} says of ${shown}: ${codes || "nothing"}`, () => {
    assert.equal(codesOf(rules, bind(source)), codes);
  });
}

test("each known socket is refused, and so is the directory that it is in", () => {
  for (const socketPath of runtimeSockets) {
    assert.equal(codesOf(sockets, bind(socketPath)), socket, socketPath);
    assert.equal(
      codesOf(sockets, bind(socketPath.slice(0, socketPath.lastIndexOf("/")))),
      socket,
      socketPath,
    );
  }
});

test("of a runtime's directories a container has what the runtime mounts into it, and nothing of others", () => {
  const said = (source: string, id: string | undefined = "p1", options?: string) => {
    const subject = { pod: { ...pod, id }, container: { id: "c1", mounts: [bind(source, options)] } };
    return judgeContainer(sockets, subject)
      .refused.map(({ code }) => code)
      .join();
  };
  for (const directory of ["/run/containerd", "/var/lib/containerd", "/run/k3s/containerd"]) {
    const cri = `${directory}/io.containerd.grpc.v1.cri`;
    for (const own of [
      "sandboxes/p1/shm",
      "sandboxes/p1/hosts",
      "image-volumes/p1/sha256",
      "containers/c1/volumes/v",
    ])
      assert.equal(said(`${cri}/${own}`), "", own);
    for (const foreign of [
      ...["sandboxes/p2/shm", "sandboxes/p1", "sandboxes", "image-volumes/p1", "sandboxes/p11/shm"],
      ...[
        "containers/c2/volumes/v",
        "containers/c1/volumes",
        "containers/c1/status",
        "containers/p1/volumes/v",
      ],
    ])
      assert.equal(said(`${cri}/${foreign}`), "runtime-socket", foreign);
    for (const id of [undefined, "", ".."]) {
      const subject = {
        pod: { ...pod, id },
        container: { id: "c1", mounts: [bind(`${cri}/sandboxes/p1/shm`)] },
      };
      assert.equal(judgeContainer(sockets, subject).refused.length, 1, `${id}`);
    }
  }
});

test("a path is refused with what is in it and with what has it, whatever is spelled alike", () => {
  const said = (source: string) => codesOf(paths, bind(source));
  for (const source of ["/etc/kubernetes", "/etc/kubernetes/pki/ca.key", "/etc", "/"])
    assert.equal(said(source), path);
  assert.equal(said("/srv/keys/x"), "refused-path refuse.paths[1]");
  for (const source of ["/etc/kubernetesx", "/etc/kube", "/srv/key", "/srv2", "/e"])
    assert.equal(said(source), "");
});

test("a mount that is no bind is judged by its type", () => {
  const said = (rules: GateRules, type: string, source = "none") =>
    codesOf(rules, bind(source, "nosuid", type));
  for (const type of ["proc", "sysfs", "tmpfs", "devpts", "mqueue", "cgroup", "cgroup2", "hugetlbfs"])
    for (const rules of [hostRoot, kernel, sockets, paths, readOnly])
      assert.equal(said(rules, type), "", type);
  for (const type of ["debugfs", "tracefs", "devtmpfs", "bpf", "securityfs"])
    assert.equal(said(kernel, type), proc);
  // A disk is the host's as much as its root; an overlay has any directories in its options.
  for (const type of ["ext4", "overlay", "", "9p", "debugfs"])
    assert.equal(said(hostRoot, type), "unjudged-type refuse");
  assert.equal(said({ maxMounts: 3 }, "ext4", "/dev/sda1"), "");
  assert.equal(codesOf(hostRoot, bind("/", "rbind", "tmpfs")), root);
});

// What has to be read-only, by the options.
for (const [source, options, codes] of [
  ["/usr", "rbind rw", "writable readOnly[0]"],
  ["/usr/lib", "rbind", "writable readOnly[0]"],
  ["/usr/lib", "rbind ro", ""],
  ["/usr/lib", "rbind ro rw", "writable readOnly[0]"],
  ["/usr/lib", "rbind rw ro", ""],
  ["/usr/lib", "rbind rro", ""],
  ["/usr/lib", "rbind ro rrw", "writable readOnly[0]"],
  // What is mounted below stays writable: /etc may have /etc/ssl mounted in it.
  ["/etc", "rbind ro", "writable readOnly[1]"],
  ["/etc", "rbind rro", ""],
  ["/etc", "bind ro", ""],
  ["/etc", "bind rw", "writable readOnly[1]"],
  ["/srv", "rbind rw", ""],
] as const) {
  test(`a source ${source} that is bound by "${options}" is ${codes || "left alone"}`, () => {
    assert.equal(codesOf(readOnly, bind(source, options)), codes);
  });
}

/** A view of a host that has these places. */
function viewOf(places: Readonly<Record<string, Partial<HostPlace> | UnknownPlace>>): HostView {
  return {
    placeOf(path) {
      const found = places[path];
      if (found && "unknown" in found) return found;
      return { path, below: [], ...(found ?? (spelledView.placeOf(path) as HostPlace)) };
    },
  };
}

const disk = (rootPath: string, filesystem = "ext4", device = "8:1") => ({
  device,
  root: rootPath,
  filesystem,
});

test("a link leads to what is refused, and what is refused may be a link", () => {
  const view = viewOf({
    "/home/me/link": { path: "/etc/kubernetes/pki" },
    "/var/run": { path: "/run" },
    "/srv/keys": { path: "/mnt/vault" },
    "/home/me/root": { path: "/" },
    "/etc/kubernetes/harmless": { path: "/srv/x" },
  });
  assert.equal(codesOf(paths, bind("/home/me/link"), view), path);
  assert.equal(codesOf(sockets, bind("/var/run"), view), socket);
  assert.equal(codesOf(paths, bind("/mnt/vault/a"), view), "refused-path refuse.paths[1]");
  assert.equal(codesOf(hostRoot, bind("/home/me/root"), view), root);
  assert.equal(codesOf(paths, bind("/etc/kubernetes/harmless"), view), path);
});

test("a bind of what is refused is refused, wherever it is on the host", () => {
  const volume = "/var/lib/kubelet/pods/u/volume-subpaths/v/c/0";
  const view = viewOf({
    "/": { path: "/", file: disk("/") },
    "/etc/kubernetes": { path: "/etc/kubernetes", file: disk("/etc/kubernetes") },
    "/run/containerd/containerd.sock": {
      ...{
        path: "/run/containerd/containerd.sock",
        file: disk("/containerd/containerd.sock", "tmpfs", "0:25"),
      },
    },
  });
  const at = (file: HostPlace["file"], below: HostPlace["below"] = []): HostView => ({
    placeOf: (one) => (one === volume ? { path: volume, file, below } : view.placeOf(one)),
  });
  // A pod that has "/" by a hostPath, and a subPath of it: kubelet binds it to a path of the volume's.
  assert.equal(codesOf(paths, bind(volume), at(disk("/etc/kubernetes/pki"))), path);
  assert.equal(codesOf(paths, bind(volume), at(disk("/etc"))), path);
  assert.equal(codesOf(paths, bind(volume), at(disk("/etc/kubernetes/pki", "ext4", "8:2"))), "");
  assert.equal(codesOf(sockets, bind(volume), at(disk("/containerd", "tmpfs", "0:25"))), socket);
  assert.equal(codesOf(sockets, bind(volume), at(disk("/containerd/s", "tmpfs", "0:26"))), "");
  assert.equal(codesOf(hostRoot, bind(volume), at(disk("/"))), root);
  assert.equal(codesOf(hostRoot, bind(volume), at(disk("/srv"))), "");
  // What is mounted below comes along by rbind alone.
  const below = [disk("/data"), disk("/etc/kubernetes")];
  assert.equal(codesOf(paths, bind(volume), at(disk("/srv"), below)), path);
  assert.equal(codesOf(paths, bind(volume, "bind"), at(disk("/srv"), below)), "");
  assert.equal(codesOf(hostRoot, bind(volume), at(disk("/srv"), [disk("/")])), root);
  assert.equal(codesOf(paths, bind(volume), at(disk("/srv"), [disk("/etc")])), path);
});

test("an overlay is refused if a directory that it is made of is, and a place that has to be read-only if it is written to there", () => {
  const layer = (at: string, isUpper = false) => ({ place: { path: at, below: [] }, isUpper });
  const overlay = { ...disk("/", "overlay", "0:50") };
  const said = (rules: GateRules, layers: NonNullable<HostPlace["file"]>["layers"], options?: string) =>
    codesOf(
      rules,
      bind("/mnt/x", options),
      viewOf({ "/mnt/x": { path: "/mnt/x", file: { ...overlay, layers } } }),
    );
  assert.equal(said(paths, [layer("/srv/a"), layer("/etc/kubernetes/pki")]), path);
  assert.equal(said(paths, [layer("/srv/a", true)]), "");
  assert.equal(said(hostRoot, [layer("/")]), root);
  assert.equal(said(sockets, [layer("/run")]), socket);
  assert.equal(said(readOnly, [layer("/usr/lib")]), "");
  assert.equal(said(readOnly, [layer("/usr/lib", true)]), "writable readOnly[0]");
  assert.equal(said(readOnly, [layer("/usr/lib", true)], "rbind ro"), "");
  assert.equal(said(paths, [{ place: { unknown: "it is relative" }, isUpper: false }]), unknown);
  // Images are made of what containerd keeps.
  assert.equal(said(sockets, [layer("/var/lib/containerd/snapshots/3/fs")]), "");
  // An overlay of an overlay, and one that is mounted on what it is made of.
  const inner = { path: "/mnt/y", below: [], file: { ...overlay, layers: [layer("/etc/kubernetes")] } };
  assert.equal(said(paths, [{ place: inner, isUpper: false }]), path);
  const onItself: { place: HostPlace; isUpper: boolean } = {
    isUpper: false,
    place: {
      path: "/opt",
      below: [],
      file: Object.defineProperty({ ...overlay }, "layers", { get: () => [onItself] }),
    },
  };
  assert.equal(said(paths, [onItself]), "");
  const below = viewOf({
    "/mnt/x": {
      path: "/mnt/x",
      file: disk("/x"),
      below: [{ ...overlay, layers: [layer("/etc/kubernetes")] }],
    },
  });
  assert.equal(codesOf(paths, bind("/mnt/x"), below), path);
  assert.equal(codesOf(paths, bind("/mnt/x", "bind"), below), "");
});

test("what is mounted below is looked at once, however many sources have it below them", () => {
  let looks = 0;
  const counted = Array.from({ length: 1000 }, (_, i) => ({
    device: `0:${i}`,
    filesystem: "ext4",
    get root() {
      looks += 1;
      return "/x";
    },
  }));
  const place = { path: "/mnt", file: disk("/mnt"), below: counted };
  const mounts = Array.from({ length: 500 }, (_, i) => bind(`/${"/".repeat(i)}mnt`));
  const view = {
    placeOf: (at: string) => (at.endsWith("mnt") ? place : (spelledView.placeOf(at) as HostPlace)),
  };
  const rules = {
    refuse: { hostRoot: true, runtimeSockets: true, paths: ["/etc/kubernetes"] },
    readOnly: ["/usr"],
  };
  assert.deepEqual(judgeContainer(rules, { pod, container: { id: "c1", mounts } }, view).refused, []);
  assert.ok(looks >= 1000 && looks < 20 * 1000, `${looks}`);
});

test("a kernel's filesystem is known by its type, wherever it is", () => {
  const at = (place: Partial<HostPlace>) => viewOf({ "/mnt/x": { path: "/mnt/x", ...place } });
  const said = (place: Partial<HostPlace>, options?: string) =>
    codesOf(kernel, bind("/mnt/x", options), at(place));
  assert.equal(said({ file: disk("/", "debugfs", "0:7") }), proc);
  assert.equal(said({ file: disk("/1/root", "proc", "0:44") }), proc);
  assert.equal(said({ file: disk("/x"), below: [disk("/", "tracefs", "0:8")] }), proc);
  assert.equal(said({ file: disk("/x"), below: [disk("/", "tracefs", "0:8")] }, "bind"), "");
  assert.equal(said({ file: disk("/x"), below: [disk("/", "tmpfs", "0:9")] }), "");
});

test("a source that does not say where it leads is refused by each rule about sources, and by no other", () => {
  const view = viewOf({ "/mnt/nfs": { unknown: "the host has not answered in time" } });
  for (const rules of [hostRoot, kernel, sockets, paths, readOnly])
    assert.equal(codesOf(rules, bind("/mnt/nfs"), view), unknown);
  assert.equal(codesOf({ maxMounts: 4 }, bind("/mnt/nfs"), view), "");
  // What is refused by its spelling is refused in any case.
  const both = codesOf(sockets, bind("/run"), viewOf({ "/run": { unknown: "EIO" } }));
  assert.equal(both, `${socket}, ${unknown}`);
});

test("read-only is not enough where something is mounted below", () => {
  const at = (below: HostPlace["below"]) => viewOf({ "/usr": { path: "/usr", file: disk("/usr"), below } });
  assert.equal(codesOf(readOnly, bind("/usr", "rbind ro"), at([])), "");
  assert.equal(codesOf(readOnly, bind("/usr", "rbind ro"), at([disk("/local")])), "writable readOnly[0]");
  assert.equal(codesOf(readOnly, bind("/usr", "rbind rro"), at([disk("/local")])), "");
});

test("rules are for the pods that they name, by what a pod's maker cannot write", () => {
  const said = (pods: GateRules["pods"], more: Partial<typeof pod> = {}) => {
    const subject = { pod: { ...pod, ...more }, container: { id: "c1", mounts: [bind("/")] } };
    return judgeContainer({ ...hostRoot, pods }, subject).refused.length;
  };
  assert.equal(said(undefined), 1);
  assert.equal(said({ runtimeHandlers: ["kata"] }), 1);
  assert.equal(said({ runtimeHandlers: [""] }), 0);
  assert.equal(said({ runtimeHandlers: [""] }, { runtimeHandler: "" }), 1);
  assert.equal(said({ namespaces: ["shop"] }), 1);
  assert.equal(said({ namespaces: ["Shop", "shop "] }), 0);
  assert.equal(said({ exceptNamespaces: ["kube-system"] }), 1);
  assert.equal(said({ exceptNamespaces: ["kube-system"] }, { namespace: "kube-system" }), 0);
  assert.equal(said({ namespaces: ["shop"], exceptNamespaces: ["shop"] }), 0);
});

test("mounts are counted with all adjustments, and found by the plugin that set them", () => {
  const mounts = [bind("/a"), { ...bind("/b"), destination: "/b" }];
  const adjust = {
    mounts: [
      { ...bind("/"), destination: "/c" },
      { ...bind(""), destination: "-/b" },
    ],
  };
  const owners = { owners: { c1: { compound: { 2: { owners: { "/c": "05-other" } } } } } } as never;
  const judged = (maxMounts: number) =>
    judgeContainer({ ...hostRoot, maxMounts }, { pod, container: { id: "c1", mounts }, adjust, owners })
      .refused;
  assert.deepEqual(
    judged(1).map(({ code, path, rule, plugin }) => [code, path, rule, plugin]),
    [
      ["host-root", "adjust.mounts[0]", "refuse.hostRoot", "05-other"],
      ["too-many-mounts", "container.mounts", "maxMounts", undefined],
    ],
  );
  assert.equal(judged(2).length, 1);
  // A mount that another plugin removes is not judged.
  const removed = { mounts: [{ ...bind(""), destination: "-/data" }] };
  const container = { id: "c1", mounts: [bind("/")] };
  assert.deepEqual(judgeContainer(hostRoot, { pod, container, adjust: removed }).refused, []);
});

test("what no rule sees is said, with its path", () => {
  const CDIDevices = [{ name: "nvidia.com/gpu=0" }];
  const hooks = { createRuntime: [{ path: "/bin/hook" }], poststop: [] };
  const container = { id: "c1", mounts: [], CDIDevices };
  const { unseen } = judgeContainer(hostRoot, { pod, container, adjust: { mounts: [], CDIDevices, hooks } });
  assert.deepEqual(
    unseen.map(({ code, path, subject }) => `${code} ${path} ${subject}`),
    [
      "cdi-device container.CDI_devices[0] nvidia.com/gpu=0",
      "cdi-device adjust.CDI_devices[0] nvidia.com/gpu=0",
      "hook adjust.hooks.createRuntime[0] /bin/hook",
    ],
  );
});

test("devices and interfaces of the host, and namespaces that are not the pod's, are said, with their paths", () => {
  const devices = [{ path: "/dev/disk", type: "b", major: 8n, minor: 0n }];
  const of = (...paths: string[]) => paths.map((path) => ({ type: "ipc", path }));
  const own = { pid: 42, linux: { namespaces: of("", "/run/netns/p1") } };
  const namespaces = of(
    "",
    "/proc/42/ns/ipc",
    "/run/netns/p1",
    "/proc/1/ns/mnt",
    "/proc/42/ns/../../1/ns/mnt",
  );
  const container = { id: "c1", mounts: [], linux: { devices, namespaces } };
  const adjust = {
    mounts: [],
    linux: { devices, namespaces: of("/proc/4/ns/net"), netDevices: { eth0: {} } },
  };
  const { unseen, refused } = judgeContainer(hostRoot, { pod: { ...pod, ...own }, container, adjust });
  assert.deepEqual(
    unseen.map(({ code, path, subject }) => `${code} ${path} ${subject}`),
    [
      "device container.linux.devices[0] /dev/disk (b 8:0)",
      "namespace container.linux.namespaces[3] /proc/1/ns/mnt",
      "namespace container.linux.namespaces[4] /proc/42/ns/../../1/ns/mnt",
      "device adjust.linux.devices[0] /dev/disk (b 8:0)",
      "namespace adjust.linux.namespaces[0] /proc/4/ns/net",
      'net-device adjust.linux.net_devices["eth0"] eth0',
    ],
  );
  assert.deepEqual(refused, []);
  // A pod without a process has no namespace that a process could name.
  const gone = judgeContainer(hostRoot, {
    pod: { ...pod, pid: 0 },
    container: { ...container, linux: { namespaces: of("/proc/0/ns/ipc") } },
  });
  assert.equal(gone.unseen.length, 1);
});

test("two thousand sources of two thousand names each are judged in as few steps as short ones", () => {
  // Each name would be a step if places were looked up above all of them: four million lookups of long texts.
  const source = "/a".repeat(2047);
  const mounts = Array.from({ length: 2000 }, (_, i) => ({
    ...bind(`${source}${i}`.slice(-4095)),
    destination: `/${i}`,
  }));
  let steps = 0;
  const { get } = Map.prototype;
  Map.prototype.get = function (key) {
    steps += 1;
    return get.call(this, key);
  };
  try {
    judgeContainer({ ...paths, ...readOnly }, { pod, container: { id: "c1", mounts } });
  } finally {
    Map.prototype.get = get;
  }
  assert.ok(steps > 2000 && steps < 2000 * 100, `${steps}`);
});

test("the containerd that Docker has of its own is among the runtimes' sockets", () => {
  const mount = { destination: "/run", type: "bind", source: "/run/docker/containerd", options: ["rbind"] };
  const pod = { namespace: "shop", runtimeHandler: "" };
  const rules = { refuse: { runtimeSockets: true } };
  const { refused } = judgeContainer(rules, { pod, container: { id: "c1", mounts: [mount] } });
  assert.deepEqual(
    refused.map(({ code }) => code),
    ["runtime-socket"],
  );
});
