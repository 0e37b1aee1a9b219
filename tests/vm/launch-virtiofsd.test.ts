import assert from "node:assert/strict";
import { test } from "node:test";
import { extraArguments, LaunchError, type VirtiofsdLaunch, virtiofsdArguments } from "../../vm/mod.ts";

const where = { socket: "/run/v.sock", directory: "/srv" };
const rust = (more: object) => virtiofsdArguments({ program: "rust", ...where, ...more } as VirtiofsdLaunch);
const qemu = (more: object) => virtiofsdArguments({ program: "qemu", ...where, ...more } as VirtiofsdLaunch);

const always = ["--socket-path=/run/v.sock", "--shared-dir=/srv"];
const defaults = [
  ...["--sandbox=namespace", "--seccomp=kill", "--inode-file-handles=never"],
  ...["--no-announce-submounts", "--cache=auto"],
];

test("each option is spelled as the program spells it", () => {
  assert.deepEqual(rust({}), [...always, ...defaults]);
  assert.deepEqual(qemu({}), ["--socket-path=/run/v.sock", "-o", "source=/srv,sandbox=namespace,cache=auto"]);
  for (const [option, ofRust, ofQemu] of [
    [{ sandbox: "chroot" }, "--sandbox=chroot", "sandbox=chroot"],
    [{ announceSubmounts: true }, "--announce-submounts", "announce_submounts"],
    [{ cache: "never" }, "--cache=never", "cache=none"],
    [{ xattr: true }, "--xattr", "xattr"],
    [{ posixAcl: true }, "--posix-acl", "posix_acl"],
    [{ securityLabel: true }, "--security-label", "security_label"],
    [{ modcaps: ["+sys_admin", "-chown"] }, "--modcaps=+sys_admin:-chown", "modcaps=+sys_admin:-chown"],
    [{ readdirplus: false }, "--no-readdirplus", "no_readdirplus"],
    [{ writeback: true }, "--writeback", "writeback"],
    [{ allowDirectIo: true }, "--allow-direct-io", "allow_direct_io"],
    [{ killprivV2: false }, "--no-killpriv-v2", "no_killpriv_v2"],
    [{ threadPoolSize: 4 }, "--thread-pool-size=4", "--thread-pool-size=4"],
    [{ rlimitNofile: 0 }, "--rlimit-nofile=0", "--rlimit-nofile=0"],
    [{ logLevel: "error" }, "--log-level=error", "log_level=err"],
  ] as const) {
    assert.ok(rust(option).includes(ofRust), JSON.stringify(option));
    const [, , group = "", ...apart] = qemu(option);
    assert.ok([...group.split(","), ...apart].includes(ofQemu), JSON.stringify(option));
  }
});

test("an option that only one program has is refused for the other one, unless it does so anyway", () => {
  assert.ok(rust({ readOnly: true, allowMmap: true }).includes("--readonly"));
  for (const more of [
    { readOnly: true },
    { allowMmap: true },
    { inodeFileHandles: "prefer" },
    { seccomp: "trap" },
    { cache: "metadata" },
  ])
    assert.throws(() => qemu(more), { name: "LaunchError", path: Object.keys(more)[0] });
  assert.deepEqual(qemu({ readOnly: false, inodeFileHandles: "never", seccomp: "kill" }), qemu({}));
});

test("what an older program does not have is left out if it was not chosen, and else refused", () => {
  const help = "--shared-dir --sandbox --seccomp --cache --inode-file-handles";
  assert.deepEqual(rust({ help }), [...always, ...defaults.filter((word) => !word.includes("announce"))]);
  assert.throws(() => rust({ help, readOnly: true }), { name: "LaunchError", path: "readOnly" });
});

test("a directory of QEMU's own is one value, whatever characters it has", () => {
  const [, , group] = qemu({ directory: "/srv/a,b\\c,source=/" });
  assert.equal(group, "source=/srv/a\\,b\\\\c\\,source=/,sandbox=namespace,cache=auto");
  assert.equal(rust({ directory: "/srv/-o a,\n'" })[1], "--shared-dir=/srv/-o a,\n'");
});

test("a user's own arguments are options in the spelling of either program", () => {
  for (const [list, expected] of [
    [[], {}],
    [["--thread-pool-size=1", "--announce-submounts"], { threadPoolSize: 1, announceSubmounts: true }],
    [["--thread-pool-size", "1"], { threadPoolSize: 1 }],
    [["-o", "xattr,no_readdirplus,cache=none"], { xattr: true, readdirplus: false, cache: "never" }],
    [["-olog_level=err"], { logLevel: "error" }],
    [["--modcaps=+sys_admin:-chown"], { modcaps: ["+sys_admin", "-chown"] }],
    [["--xattr", "-o", "no_xattr"], { xattr: false }],
  ] as const)
    assert.deepEqual(extraArguments(list), expected);
  const both = { extraArguments: ["--cache=always", "--xattr"], cache: "never" };
  assert.ok(rust(both).includes("--cache=never") && rust(both).includes("--xattr"));
});

test("a user's own arguments choose no directory, no socket and no weaker lock, and are refused by their index", () => {
  for (const [index, list] of [
    [0, ["--shared-dir=/"]],
    [0, ["--shared-dir", "/"]],
    [1, ["-o", "source=/"]],
    [1, ["-o", "xattr,source=/"]],
    [0, ["-osource=/"]],
    [1, ["--xattr", "--socket-path=/tmp/s"]],
    [0, ["--socket=/tmp/s"]],
    [0, ["--fd=3"]],
    [0, ["--socket-group=users"]],
    [0, ["--sandbox=none"]],
    [0, ["--sandbox", "none"]],
    [1, ["-o", "sandbox=none"]],
    [0, ["--seccomp=none"]],
    [0, ["--seccomp=log"]],
    [0, ["--uid-map=:0:0:1:"]],
    [0, ["--translate-uid=map:0:0:1"]],
    [0, ["--xattrmap=:map::user.:"]],
    [0, ["--syslog"]],
    [0, ["--daemonize"]],
    [0, ["-d"]],
    [0, ["-f"]],
    [0, ["--"]],
    [0, ["/srv"]],
    [0, [""]],
    [1, ["-o", ""]],
    [0, ["-o"]],
    [0, ["--cache"]],
    [0, ["--cache="]],
    [0, ["--cache=auto\0"]],
    [0, ["--cache=auto,source=/"]],
    [0, ["--modcaps=+sys_admin,source=/"]],
    [0, ["--modcaps=all"]],
    [0, ["--thread-pool-size=-1"]],
    [0, ["--thread-pool-size=1e3"]],
    [0, ["--thread-pool-size=99999999"]],
    [0, ["--xattr=yes"]],
    [0, ["--__proto__=1"]],
    [0, ["--constructor"]],
    [0, [3 as unknown as string]],
  ] as const)
    assert.throws(
      () => extraArguments(list),
      (error) => error instanceof LaunchError && error.path.startsWith(`extraArguments[${index}]`),
      JSON.stringify(list),
    );
  for (const list of [["-o"], ["--cache"], ["-o", "cache"]])
    assert.throws(() => extraArguments(list), { reason: "lacks its value" });
  assert.throws(() => extraArguments("--xattr" as never), { path: "extraArguments" });
});

// A row for each field; whatever a caller writes into it.
const hostile: Readonly<Record<string, readonly unknown[]>> = {
  program: ["", "c", "__proto__", undefined, 1],
  socket: [
    "",
    "v.sock",
    "/a\0b",
    "/a\nb",
    "/\ud800",
    `/${"a".repeat(107)}`,
    `/${"é".repeat(54)}`,
    undefined,
    3,
  ],
  directory: ["", "srv", "../srv", "-o", "/a\0b", "/\udfff", undefined, {}],
  sandbox: ["none", "", null, true],
  seccomp: ["none", "log", 0],
  inodeFileHandles: ["fallback", true],
  announceSubmounts: ["true", 1],
  cache: ["auto,source=/", "auto\nsource=/", "", false],
  xattr: ["on", null],
  posixAcl: ["always"],
  securityLabel: [1],
  modcaps: ["+sys_admin", ["sys_admin"], ["+sys_admin,source=/"], ["+"], ["+SYS_ADMIN"], [1]],
  readdirplus: ["no"],
  writeback: [0],
  allowDirectIo: [{}],
  allowMmap: ["1"],
  killprivV2: [""],
  readOnly: ["ro"],
  threadPoolSize: [-1, 1.5, Number.NaN, "1", 2 ** 30],
  rlimitNofile: [-1, "0", Number.POSITIVE_INFINITY],
  logLevel: ["trace", "off", ""],
  extraArguments: ["--xattr", {}, [undefined]],
  sharedDir: ["/"],
  "shared-dir": ["/"],
};

test("each field refuses what it cannot be, by name", () => {
  for (const [name, values] of Object.entries(hostile)) {
    for (const value of values)
      for (const line of [rust, qemu])
        assert.throws(
          () => line({ [name]: value }),
          (error) =>
            error instanceof LaunchError && error.path.startsWith(name) && error.message.length < 600,
          `${name}: ${String(value)}`,
        );
  }
  assert.throws(() => virtiofsdArguments(null as never), LaunchError);
});
