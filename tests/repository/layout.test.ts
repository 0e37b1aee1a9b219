import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { bareCode, closureOf, importsOf, loadedWith, sourceFiles } from "../support/package/imports.ts";
import { sourceRooms } from "../support/package/rooms.ts";
import { packageRoot } from "../support/package-root.ts";

// Which room may import which. A room is a file or a folder; the first one that a file is in decides.

interface Room {
  readonly room: string;
  readonly may: readonly string[];
  /** Of these, however, nothing. */
  readonly not?: readonly string[];
}

const doors = ["ffi/mod.ts", "ffi/share.ts", "ffi/agent-order.ts", "ffi/sandbox-inspector.ts"];
const publicDoors = [
  "mod.ts",
  "ffi/mod.ts",
  "ffi/agent/mod.ts",
  "table/mod.ts",
  "picture/mod.ts",
  "input/sandbox.ts",
  "vm/mod.ts",
  "node/mod.ts",
];
const upstairs = [...doors, "ffi/operations/", "ffi/performer.ts"];
const copying = ["ffi/sandbox-copies.ts", "ffi/copy/", "ffi/watch/", "ffi/agent/"];
const copyFront = ["ffi/copy/selective-copy.ts", "ffi/copy/copy-error.ts"];
const protobuf = ["@bufbuild/protobuf", "@bufbuild/protobuf/"];
const tableParts = ["table/mount-entry.ts", "table/mount-tree.ts", "table/mountinfo.ts", "table/path.ts"];
const nodeTypes = ["node/monitor/status.ts", "node/monitor/node-event.ts"];
const boundedText = "node/monitor/bounded-text.ts";
const types = "wasm/types.ts";
const words = "words/";
const processStat = "words/process-stat.ts";
const kernelWords = ["words/kernel-filesystems.ts", "words/kernel-escapes.ts"];

const rooms: readonly Room[] = [
  { room: "mod.ts", may: ["wasm/", "input/"] },
  // Whoever judges words and names of options says what there is instead.
  { room: "words/", may: ["words/"] },
  { room: "input/", may: ["input/", words, types, "smol-toml"] },
  { room: "wasm/", may: ["wasm/", words] },
  // Root filesystems and mounts are planned apart. Both use the files beside them.
  { room: "core/plan/root/", may: ["core/"], not: ["core/plan/mount/"] },
  { room: "core/plan/mount/", may: ["core/"], not: ["core/plan/root/"] },
  { room: "core/", may: ["core/"] },
  // What a mount table is, for whoever has one.
  { room: "table/", may: ["table/", "mod.ts", ...kernelWords] },
  // How storage is drawn, for whoever shows it: a page, or the command line.
  { room: "picture/", may: ["picture/", "mod.ts", "table/mod.ts"] },

  // What the page's address says, for the page and for whoever prints a link to it.
  { room: "link/", may: ["link/", "mod.ts"] },
  {
    room: "preview/",
    may: [
      ...["preview/", "link/", "mod.ts", "input/sandbox.ts", "table/mod.ts", "picture/mod.ts"],
      // What editors complete.
      "wasm/schema.json",
      ...["preact", "preact/", "@preact/signals", "jsonc-parser", "prism-code-editor", "prism-code-editor/"],
    ],
  },

  // The host's door, and what each operation is made of: share -> operations -> performer -> execute, sandbox-copies -> watch -> copy -> agent,
  // nydusd -> linux.
  { room: "ffi/mod.ts", may: ["mod.ts", "ffi/"] },
  { room: "ffi/share.ts", may: ["mod.ts", "ffi/"], not: ["ffi/mod.ts", ...copying] },
  { room: "ffi/agent-order.ts", may: ["ffi/"], not: ["ffi/mod.ts", "ffi/share.ts", ...copying] },
  {
    room: "ffi/sandbox-inspector.ts",
    may: ["mod.ts", "table/mod.ts", "ffi/"],
    not: ["ffi/mod.ts", "ffi/share.ts", ...copying],
  },
  {
    room: "ffi/operations/",
    may: ["mod.ts", "table/mod.ts", words, "ffi/", "node:"],
    not: [...doors, ...copying],
  },
  { room: "ffi/performer.ts", may: ["mod.ts", "ffi/"], not: [...doors, "ffi/operations/"] },
  { room: "ffi/live/", may: ["mod.ts", "table/mod.ts", words, "ffi/live/", "ffi/linux/", "node:"] },
  {
    room: "ffi/linux/",
    may: ["ffi/linux/", ...kernelWords, processStat, "node:", "ffi-rs", "koffi"],
  },
  // The wire knows nothing of Kata, nor of anything else here: it could be a package of its own.
  { room: "ffi/ttrpc/", may: ["ffi/ttrpc/", "node:", ...protobuf] },
  // A plugin of a runtime needs nothing but the wire.
  { room: "ffi/nri/", may: ["ffi/nri/", "ffi/ttrpc/", "node:", ...protobuf] },
  // The agent's message of a bundle is read by the readers of other bundles.
  { room: "ffi/agent/spec/", may: ["mod.ts", "input/", words, "ffi/agent/", "node:", ...protobuf] },
  // It takes the share by an interface.
  { room: "ffi/agent/sandbox/", may: ["mod.ts", "input/", words, "ffi/agent/", "node:", ...protobuf] },
  { room: "ffi/agent/", may: ["mod.ts", words, "ffi/agent/", "ffi/ttrpc/", "node:", ...protobuf] },
  {
    room: "ffi/sandbox-copies.ts",
    may: ["mod.ts", "ffi/copy/", "ffi/watch/", "ffi/agent/", "ffi/linux/", "node:"],
  },
  // Of a copy it knows the front alone: what is copied, and what came of it.
  { room: "ffi/watch/", may: ["ffi/watch/", ...copyFront, "ffi/agent/", "ffi/linux/", "node:"] },
  {
    room: "ffi/copy/",
    may: ["mod.ts", words, "ffi/copy/", "ffi/agent/", "ffi/ttrpc/", "ffi/linux/", "node:"],
  },
  // It says which types its options have.
  { room: "ffi/share-options.ts", may: [words, "ffi/", "node:"], not: upstairs },
  { room: "ffi/guest/", may: [words, "ffi/guest/", "ffi/agent/", "ffi/ttrpc/", "ffi/linux/", "node:"] },
  {
    room: "ffi/",
    may: ["mod.ts", words, "ffi/", "node:"],
    not: [...upstairs, ...copying],
  },

  // Virtual machines, for whoever starts them: the first user of the host's door.
  { room: "vm/mod.ts", may: ["vm/"] },
  // What a guest mounts, as data and as a script, runs in a browser, too.
  { room: "vm/guest/", may: ["vm/guest/", "mod.ts"] },
  { room: "vm/launch/", may: ["vm/launch/", "mod.ts", words] },
  { room: "vm/owner/", may: ["vm/owner/", processStat, "node:"] },
  { room: "vm/tell.ts", may: ["ffi/mod.ts"] },
  {
    room: "vm/virtiofsd/",
    may: ["vm/virtiofsd/", "vm/launch/", "vm/owner/", "vm/tell.ts", "ffi/mod.ts", "node:"],
  },
  { room: "vm/", may: ["vm/", "mod.ts", "ffi/mod.ts", "table/mod.ts", words, "node:"], not: ["vm/mod.ts"] },

  // A node of containers: who lives there by its runtime, and what is wrong. It comes in by the doors.
  { room: "node/mod.ts", may: ["node/"] },
  // What a gate judges by is pure: rules, mounts, and the table of the host's mounts as data.
  {
    room: "node/gate/",
    may: ["node/gate/", "input/", words, "ffi/nri/mod.ts", ...tableParts, ...nodeTypes, boundedText, "node:"],
  },
  {
    room: "node/",
    may: ["node/", "mod.ts", "ffi/mod.ts", "ffi/nri/mod.ts", "table/mod.ts", words, "node:"],
    not: ["node/mod.ts"],
  },

  // Users, who come in by the doors. Of the command line, only one file knows of its process.
  { room: "cli/bin.ts", may: ["cli/"] },
  {
    room: "cli/",
    may: ["cli/", ...publicDoors, "link/", words, "node:", "commander", "pino", "@bomb.sh/tab"],
    not: ["cli/bin.ts", "node:process"],
  },
  {
    room: "examples/",
    may: [
      "examples/",
      "guestshare",
      "guestshare/host",
      "guestshare/agent",
      "guestshare/ttrpc",
      "guestshare/vm",
      "guestshare/nri",
      "guestshare/node",
      "node:",
      "pino",
      "@deno/shim-deno",
    ],
  },
];

const files = sourceFiles("mod.ts", ...sourceRooms, "examples");

function isIn(path: string, place: string): boolean {
  return path === place || (/[/:]$/.test(place) && path.startsWith(place));
}

function mayImport(file: string, path: string): boolean {
  const { may, not = [] } = rooms.find(({ room }) => isIn(file, room)) ?? { may: [] };
  return may.some((place) => isIn(path, place)) && !not.some((place) => isIn(path, place));
}

test("each import goes along an arrow of the design", () => {
  const wrong = files.flatMap((file) =>
    importsOf(file)
      .filter((path) => !mayImport(file, path))
      .map((path) => `${file} -> ${path}`),
  );
  assert.deepEqual(wrong, []);
});

test("the rules know wrong arrows from right ones", () => {
  for (const [file, path] of [
    ["mod.ts", "wasm/core.ts"],
    ["ffi/share.ts", "ffi/performer.ts"],
    ["ffi/operations/share-file.ts", "ffi/performer.ts"],
    ["ffi/performer.ts", "ffi/sandbox-copies.ts"],
    ["ffi/execute.ts", "ffi/linux/bind.ts"],
    ["ffi/copy/walk.ts", "ffi/agent/agent.ts"],
    ["ffi/watch/volume.ts", "ffi/copy/selective-copy.ts"],
    ["examples/start.ts", "guestshare/host"],
    ["cli/commands/apply.ts", "ffi/mod.ts"],
    ["vm/namespace/in-own-namespace.ts", "ffi/mod.ts"],
  ] as const) {
    assert.ok(mayImport(file, path), `${file} -> ${path}`);
  }
  for (const [file, path] of [
    ["mod.ts", "ffi/mod.ts"],
    ["wasm/core.ts", "node:fs"],
    ["wasm/core.ts", "mod.ts"],
    ["core/decide.ts", "wasm/types.ts"],
    ["core/plan/root/disk-root.ts", "core/plan/mount/outcome.ts"],
    ["core/plan/mount/disk-volume.ts", "core/plan/root/disk-root.ts"],
    ["ffi/share.ts", "wasm/memory.ts"],
    ["ffi/linux/bind.ts", "ffi/execute.ts"],
    ["ffi/linux/bind.ts", "mod.ts"],
    ["ffi/share.ts", "ffi/sandbox-copies.ts"],
    ["ffi/execute.ts", "ffi/share.ts"],
    ["ffi/execute.ts", "ffi/performer.ts"],
    ["ffi/operations/share-file.ts", "ffi/sandbox-copies.ts"],
    ["ffi/performer.ts", "ffi/operations/share-file.ts"],
    ["ffi/ttrpc/client.ts", "ffi/agent/agent.ts"],
    ["ffi/ttrpc/client.ts", "words/option-names.ts"],
    ["ffi/ttrpc/client.ts", "ffi/nri/plugin.ts"],
    ["ffi/nri/plugin.ts", "ffi/agent/agent.ts"],
    ["ffi/execute.ts", "koffi"],
    ["ffi/watch/volume.ts", "ffi/copy/ledger.ts"],
    ["examples/start.ts", "ffi/linux/libc.ts"],
    ["table/mod.ts", "ffi/mod.ts"],
    ["elsewhere/a.ts", "mod.ts"],
    ["ffi/share.ts", "cli/io.ts"],
    ["cli/main.ts", "node:process"],
    ["cli/main.ts", "ffi/share.ts"],
    ["vm/namespace/in-own-namespace.ts", "ffi/linux/libc.ts"],
    ["ffi/share.ts", "vm/mod.ts"],
    ["node/monitor/monitor.ts", "ffi/live/follow.ts"],
    ["ffi/live/follow.ts", "node/mod.ts"],
    ["vm/launch/qemu-arguments.ts", "node:fs"],
    ["vm/launch/qemu-arguments.ts", "vm/virtiofsd/virtiofsd.ts"],
  ] as const) {
    assert.ok(!mayImport(file, path), `${file} -> ${path}`);
  }
});

test("each room of the rules is there, and its imports are found", () => {
  for (const { room } of [...rooms, { room: "ffi/execute.ts" }]) {
    assert.ok(
      files.some((file) => isIn(file, room)),
      room,
    );
  }
  assert.ok(importsOf("core/decide.ts").includes("core/plan/plan.ts"));
  assert.ok(importsOf("mod.ts").includes("wasm/core.ts"));
  assert.ok(importsOf("ffi/share.ts").includes("mod.ts"));
});

test("each file of ours that is imported exists", () => {
  const missing = files.flatMap((file) =>
    importsOf(file)
      .filter((path) => /\.tsx?$/.test(path) && !existsSync(join(packageRoot, path)))
      .map((path) => `${file} -> ${path}`),
  );
  assert.deepEqual(missing, []);
});

test("what the public door brings along runs in a browser: no node:, no package, no ffi, no process, no Deno", () => {
  const closure = closureOf("mod.ts");
  assert.deepEqual(
    closure.filter(
      (path) => path !== "mod.ts" && !["wasm/", words, "input/"].some((room) => isIn(path, room)),
    ),
    [],
  );
  assert.ok(closure.includes("wasm/core-bytes.ts"));
  // What asks whether it runs in Node may say so.
  for (const file of closure.filter((path) => path !== "wasm/decode.ts")) {
    assert.doesNotMatch(
      bareCode(file),
      /\b(?:process|Deno|Bun|Buffer|require|__dirname|fetch|XMLHttpRequest)\b/,
      file,
    );
  }
});

test("the door of mount tables runs in a browser as well, and loads nothing but its own room", () => {
  const loaded = loadedWith("table/mod.ts").filter((path) => /\.ts$|^node:/.test(path));
  assert.deepEqual(
    loaded.filter((path) => !isIn(path, "table/")),
    kernelWords.toSorted(),
  );
  for (const file of loaded) {
    assert.doesNotMatch(bareCode(file), /\b(?:process|Deno|Bun|Buffer|require|fetch)\b/, file);
  }
});

test("the door of pictures runs in a browser as well, and loads nothing but its own room", () => {
  const loaded = loadedWith("picture/mod.ts").filter((path) => /\.ts$|^node:/.test(path));
  assert.ok(loaded.includes("picture/marks.ts"));
  for (const file of loaded) {
    assert.ok(isIn(file, "picture/"), file);
    assert.doesNotMatch(
      bareCode(file),
      /\b(?:process|Deno|Bun|Buffer|require|fetch|document|window)\b/,
      file,
    );
  }
});

test("launch lines are written in a browser, too, and load nothing but their own room", () => {
  for (const file of ["vm/launch/launch-arguments.ts", "vm/launch/virtiofsd-arguments.ts"]) {
    const loaded = loadedWith(file).filter((path) => /\.ts$|^node:/.test(path));
    assert.ok(loaded.includes("vm/launch/fields.ts"));
    for (const path of loaded) {
      assert.ok(isIn(path, "vm/launch/") || isIn(path, words), path);
      assert.doesNotMatch(bareCode(path), /\b(?:process|Deno|Bun|Buffer|require|fetch)\b/, path);
    }
  }
});

test("a gate's rules are read and judged in a browser, too", () => {
  for (const file of ["node/gate/judge.ts", "node/gate/read-rules.ts"]) {
    const loaded = loadedWith(file).filter((path) => /\.ts$|^node:|^@/.test(path));
    assert.ok(loaded.some((path) => /mount-words|path-advice/.test(path)));
    for (const path of loaded) {
      assert.ok(isIn(path, "node/gate/") || isIn(path, "input/") || isIn(path, words), path);
      assert.doesNotMatch(bareCode(path), /\b(?:process|Deno|Bun|Buffer|require|fetch)\b/, path);
    }
  }
});

test("the page loads nothing of a host, and asks for nothing", () => {
  const loaded = loadedWith("preview/main.tsx").filter((path) => /\.tsx?$|^node:/.test(path));
  assert.ok(loaded.includes("preview/picture/tree.tsx") && loaded.includes("link/hash.ts"));
  const roomsOfPage = ["preview/", "link/", "mod.ts", "wasm/", words, "input/", "table/", "picture/"];
  for (const file of loaded) {
    assert.ok(
      roomsOfPage.some((room) => isIn(file, room)),
      file,
    );
    assert.doesNotMatch(
      bareCode(file),
      /\b(?:Deno|Bun|fetch|XMLHttpRequest|WebSocket|innerHTML|eval)\b/,
      file,
    );
  }
});

test("the host's door loads what every share takes, and the rest when it is first needed", () => {
  const isMessages = (path: string) => path.startsWith("@bufbuild/") || /^ffi\/.*\/generated\//.test(path);
  const loaded = loadedWith("ffi/mod.ts");
  assert.deepEqual(loaded.filter(isMessages), []);
  // Any other module of Node's takes it, or Deno, some milliseconds.
  assert.deepEqual(
    loaded.filter((path) => path.startsWith("node:")),
    ["node:buffer", "node:path", "node:path/posix", "node:timers", "node:timers/promises"],
  );
  const copying = ["ffi/sandbox-copies.ts", "ffi/copy/copy-tree.ts", "ffi/watch/", "ffi/agent/generated/"];
  const late = [...copying, "ffi/live/audit-inputs.ts", "table/audit/", "ffi/operations/plan-operation.ts"];
  for (const place of [...late, "ffi/guest/guest-server.ts", "ffi/linux/libc-ffi-rs.ts"]) {
    assert.ok(!loaded.some((path) => isIn(path, place)), place);
    assert.ok(
      closureOf("ffi/mod.ts").some((path) => isIn(path, place)),
      place,
    );
  }
  assert.ok(loaded.includes("ffi/guest/embedded-guest.ts"));
  assert.ok(closureOf("ffi/mod.ts").some(isMessages));
  assert.ok(loadedWith("ffi/agent/mod.ts").some(isMessages));
  assert.ok(loadedWith("ffi/ttrpc/mod.ts").some(isMessages));
});

test("the command line loads its words alone: no command before it is named, and no host part with a command", () => {
  const early = loadedWith("cli/bin.ts").filter((path) => !isIn(path, "cli/"));
  assert.deepEqual(early, ["commander"]);
  for (const file of sourceFiles("cli")) {
    const loaded = loadedWith(file);
    for (const place of ["ffi/", "input/sandbox.ts", "@bufbuild/", "smol-toml"])
      assert.ok(!loaded.some((path) => isIn(path, place)), `${file} loads ${place}`);
  }
});

test("what a process has globally is named by one file of the command line", () => {
  const naming = sourceFiles("cli").filter((file) =>
    /(?<!\.)\b(?:process|Deno|Bun|console)\b/.test(bareCode(file)),
  );
  assert.deepEqual(naming, ["cli/bin.ts"]);
});

test("each way to libc is named in one file", () => {
  const ours = sourceFiles("mod.ts", ...sourceRooms);
  const naming = {
    // One file more, for sockets that Node does not have.
    Deno: ours.filter((file) => file !== "ffi/ttrpc/vsock.ts" && /\bDeno\b/.test(bareCode(file))),
    "ffi-rs": ours.filter((file) => importsOf(file).includes("ffi-rs")),
    koffi: ours.filter((file) => importsOf(file).includes("koffi")),
  };
  for (const [name, where] of Object.entries(naming)) {
    assert.equal(where.length, 1, `${name} is named in ${where.join(", ") || "no file"}`);
    assert.ok(isIn(where[0] ?? "", "ffi/linux/"), `${name} is named in ${where}`);
  }
});

test("no file is called utils or helpers", () => {
  const all = sourceFiles(...sourceRooms, "examples", "bench", "tests");
  assert.deepEqual(
    all.filter((file) => /(?:^|[/-])(?:utils?|helpers?|common|misc)\.(?:test\.)?ts$/.test(file)),
    [],
  );
});
