import assert from "node:assert/strict";
import { test } from "node:test";
import { adjustedMounts } from "../../node/gate/adjusted-mounts.ts";
import { isBind, isRecursive, writeProtectionOf } from "../../node/gate/mount-words.ts";

const mount = (destination: string, source = "/s") => ({
  destination,
  source,
  type: "bind",
  options: ["rbind"],
});
const owners = {
  owners: { c1: { compound: { 2: { owners: { "/a": "05-first", "/new": "07-second" } } } } },
} as never;

function adjusted(own: readonly string[], adjust: readonly string[] | undefined): string[] {
  const mounts = (adjust ?? []).map((destination) => mount(destination, "/adjusted"));
  const container = { id: "c1", mounts: own.map((destination) => mount(destination)) };
  const subject = { container, adjust: adjust && { mounts }, owners };
  return adjustedMounts(subject).map(({ destination, path }) => {
    return `${destination} ${path.replace("container.mounts", "own").replace("adjust.mounts", "set")}`;
  });
}

// The container's destinations, those of the adjustments, and what NRI's generator makes of them: seen with 0.12.5, and held to it by
// `npm run test:nri`.
const rows: readonly (readonly [
  what: string,
  own: readonly string[],
  adjust: readonly string[] | undefined,
  made: readonly string[],
])[] = [
  ["nothing is adjusted: the order stays", ["/b/c", "/a"], undefined, ["/b/c own[0]", "/a own[1]"]],
  ["no mount is adjusted: the order stays", ["/b/c", "/a"], [], ["/b/c own[0]", "/a own[1]"]],
  ["a mount is added", ["/b"], ["/a"], ["/a set[0]", "/b own[0]"]],
  ["a mount is replaced", ["/a", "/b"], ["/a"], ["/a set[0]", "/b own[1]"]],
  ["a mount is removed", ["/a", "/b"], ["-/a"], ["/b own[1]"]],
  ["nothing is removed", ["/a"], ["-/b"], ["/a own[0]"]],
  ["a mount is removed and added", ["/a"], ["-/a", "/a"], ["/a set[1]"]],
  ["a mount is added and removed", ["/b"], ["/a", "-/a"], ["/b own[0]"]],
  ["the last of two wins", ["/b"], ["/a", "/a"], ["/a set[1]", "/b own[0]"]],
  ["of two with one destination the first is removed", ["/a", "/a"], ["-/a"], ["/a own[1]"]],
  ["of two with one destination the first is replaced", ["/a", "/a"], ["/a"], ["/a own[1]", "/a set[0]"]],
  [
    "another spelling is another destination",
    ["/a", "/b"],
    ["-/a/", "/b/"],
    ["/a own[0]", "/b own[1]", "/b/ set[1]"],
  ],
  ["what is deeper comes later", ["/z/y/x", "/b/c"], ["/z"], ["/z set[0]", "/b/c own[1]", "/z/y/x own[0]"]],
  [
    "depth is that of the clean path",
    ["/b/c"],
    ["/z/y/..", "//a//b/"],
    ["/z/y/.. set[0]", "//a//b/ set[1]", "/b/c own[0]"],
  ],
  ["the root comes among the first", ["/b", "/"], ["/a"], ["/ own[1]", "/a set[0]", "/b own[0]"]],
  [
    "relative destinations are less deep",
    ["/a", "b/c", "", "d"],
    ["/b"],
    [" own[2]", "d own[3]", "/a own[0]", "/b set[0]", "b/c own[1]"],
  ],
  ["a bare minus removes what has no destination", ["", "/a"], ["-"], ["/a own[1]"]],
  [
    "names are compared by their bytes",
    ["/\u{1f600}", "/\uffee"],
    ["/a"],
    ["/a set[0]", "/\uffee own[1]", "/\u{1f600} own[0]"],
  ],
];

for (const [what, own, adjust, made] of rows) {
  test(`a container's mounts with adjustments: ${what}`, () => assert.deepEqual(adjusted(own, adjust), made));
}

test("each mount has the plugin that set it, whatever its destination is called", () => {
  const mounts = ["/new", "__proto__", "/unknown"].map((destination) => mount(destination));
  const found = adjustedMounts({
    container: { id: "c1", mounts: [mount("/a")] },
    adjust: { mounts },
    owners,
  });
  assert.deepEqual(
    found.map(({ destination, plugin }) => [destination, plugin]),
    [
      ["__proto__", undefined],
      ["/a", undefined],
      ["/new", "07-second"],
      ["/unknown", undefined],
    ],
  );
  const others = adjustedMounts({ container: { id: "__proto__", mounts: [] }, adjust: { mounts }, owners });
  assert.ok(others.every(({ plugin }) => plugin === undefined));
});

test("a thousand removals of a thousand mounts take as many steps", () => {
  let looks = 0;
  const destinations = Array.from({ length: 4000 }, (_, i) => `/m${i}`);
  const counted = (destination: string) =>
    Object.defineProperty(mount(""), "destination", {
      get() {
        looks += 1;
        return destination;
      },
    });
  const adjust = { mounts: destinations.toReversed().map((name) => counted(`-${name}`)) };
  const container = { id: "c1", mounts: destinations.map(counted) };
  assert.deepEqual(adjustedMounts({ container, adjust }), []);
  assert.ok(looks < 10 * 4000, `${looks}`);
});

test("binds are known by their type or an option", () => {
  const is = (type: string, ...options: string[]) => isBind({ ...mount("/a"), type, options });
  assert.deepEqual(
    [is("bind"), is("rbind"), is("none", "bind"), is("tmpfs", "rbind")],
    [true, true, true, true],
  );
  assert.deepEqual(
    [is("tmpfs"), is("Bind"), is("", "ro"), is("ext4", "binds")],
    [false, false, false, false],
  );
  const recursive = (type: string, ...options: string[]) => isRecursive({ ...mount("/a"), type, options });
  assert.deepEqual(
    [recursive("bind", "bind"), recursive("bind", "rbind"), recursive("rbind")],
    [false, true, true],
  );
});

// The last word wins; where runtimes differ in it, nothing is protected.
const protections: readonly (readonly [options: string, protection: string])[] = [
  ["", "nothing"],
  ["rbind", "nothing"],
  ["ro", "itself"],
  ["rw", "nothing"],
  ["rro", "all"],
  ["rrw", "nothing"],
  ["ro rw", "nothing"],
  ["rw ro", "itself"],
  ["rw rro", "all"],
  ["ro rro", "all"],
  ["rro ro", "all"],
  ["rro rw", "nothing"],
  ["rro rrw", "nothing"],
  ["rrw rro", "all"],
  ["rrw ro", "nothing"],
  ["ro rrw", "nothing"],
  ["ro ro rprivate nosuid", "itself"],
  ["RO", "nothing"],
  ["readonly", "nothing"],
  ["ro=1", "nothing"],
];

for (const [options, protection] of protections) {
  test(`the options "${options}" protect ${protection}`, () => {
    assert.equal(writeProtectionOf({ options: options.split(" ") }), protection);
  });
}
