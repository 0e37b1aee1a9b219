import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { binary, runCommand, runInTerminal } from "../support/cli/run-command.ts";
import { mountTmpfs, unmount } from "../support/mounts.ts";
import { mountTest } from "../support/scratch.ts";

// `guestshare completion`, and what its scripts call.

function completed(...words: readonly string[]): string[] {
  const { exitCode, stdout } = runCommand(["complete", "--", ...words]);
  assert.equal(exitCode, 0);
  return stdout
    .trimEnd()
    .split("\n")
    .map((line) => line.split("\t")[0] as string);
}

/** What a real bash makes of a line, at whose end somebody presses tab. */
function completedByBash(script: string, words: readonly string[]): string[] {
  const program = `
    guestshare() { ${binary.map((word) => `'${word}'`).join(" ")} "$@"; }
    # Of the package bash-completion.
    _get_comp_words_by_ref() { words=("\${line[@]}"); cword=$((\${#line[@]} - 1)); cur=\${line[cword]}; prev=\${line[cword - 1]}; }
    eval "$1"; shift
    line=(guestshare "$@")
    __guestshare_complete 2>/dev/null
    printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout } = spawnSync("bash", ["-c", program, "bash", script, ...words], { encoding: "utf8" });
  return stdout.trimEnd().split("\n");
}

mountTest("the words, options and values of the command are completed", async (scratch) => {
  await scratch.share({ id: "a-sandbox" }).prepare();
  assert.deepEqual(completed("fol"), ["follow", ":4"]);
  assert.deepEqual(completed("audit", "--ex"), ["--exit-code", ":4"]);
  for (const command of ["plan", "audit", "list"])
    assert.deepEqual(completed(command, "--li"), ["--link", ":4"]);
  assert.deepEqual(completed("list", "--color", "a"), ["auto", "always", ":4"]);
  assert.deepEqual(completed("completion", ""), ["bash", "zsh", "fish", ":4"]);
  assert.deepEqual(completed("doctor", "--i"), [":4"]);
  assert.deepEqual(completed("completion", "--host"), [":4"]);
  assert.doesNotMatch(runCommand(["completion", "--help"]).stdout, /--id|--host-dir/);
  assert.match(runCommand(["doctor", "--help"]).stdout, /--host-dir/);
  assert.deepEqual(completed("cleanup", "--id", "a-s"), ["a-sandbox", ":4"]);
  assert.ok(!completed("").includes("complete"));
});

mountTest("paths are completed, and a directory goes on", (scratch) => {
  scratch.file("bundles/config.json");
  scratch.file("plan.json");
  const { path } = scratch;
  assert.deepEqual(completed("plan", `${path}/bun`), [`${path}/bundles/`, ":6"]);
  assert.deepEqual(completed("plan", `${path}/bundles/`), [`${path}/bundles/config.json`, ":4"]);
  assert.deepEqual(completed("plan", "-o", `${path}/p`), [`${path}/plan.json`, ":4"]);
  assert.deepEqual(completed("copy", `${path}/missing/`), [":6"]);
});

mountTest(
  "bash completes without the package bash-completion, and may read the script twice",
  async (scratch) => {
    await scratch.share({ id: "a-sandbox" }).prepare();
    const { stdout: script } = runCommand(["completion", "bash"]);
    const program = `
    guestshare() { ${binary.map((word) => `'${word}'`).join(" ")} "$@"; }
    compopt() { echo "compopt $*"; }
    eval "$1"; eval "$1"; shift
    COMP_WORDS=(guestshare "$@" after) COMP_CWORD=$#
    __guestshare_complete
    printf '%s\\n' "\${COMPREPLY[@]}"`;
    scratch.file("bundles/a b");
    for (const [words, expected] of [
      [["doc"], "doctor\n"],
      [["gc", "--no"], "--none-living\n"],
      [["cleanup", "--id", "a-"], "a-sandbox\n"],
      [["diff", `${scratch.path}/bun`], `compopt -o nospace\n${scratch.path}/bundles/\n`],
      [["list", "--color", "="], "auto\nalways\nnever\n"],
    ] as const) {
      const run = spawnSync("bash", ["-c", program, "bash", script, ...words], { encoding: "utf8" });
      assert.deepEqual([run.stdout, run.stderr], [expected, ""]);
    }
  },
);

mountTest("bash completes by the script, and the scripts for zsh and fish name the command", (scratch) => {
  const { stdout: script } = runCommand(["completion", "bash"]);
  assert.deepEqual(completedByBash(script, ["doc"]), ["doctor"]);
  assert.deepEqual(completedByBash(script, ["gc", "--no"]), ["--none-living"]);
  scratch.directory("bundles");
  assert.deepEqual(completedByBash(script, ["diff", `${scratch.path}/b`]), [`${scratch.path}/bundles/`]);
  assert.match(runCommand(["completion", "zsh"]).stdout, /^#compdef guestshare\n/);
  assert.match(runInTerminal(["completion", "fish"]).stdout, /complete -c guestshare /);
});

mountTest("a shell that is not known is refused", () => {
  const { exitCode, stdout, stderr } = runCommand(["completion", "tcsh"]);
  assert.deepEqual([exitCode, stdout], [64, ""]);
  assert.match(stderr, /Cannot complete words in "tcsh"\n.*\n {2}next: +name one of bash, zsh, fish/);
});

mountTest("a shell evaluates no name that others gave to a directory of mounts", (scratch) => {
  const directory = scratch.directory("run/kata-containers/shared/sandboxes/x$(touch evaluated)y/shared");
  mountTmpfs(directory);
  try {
    assert.match(runCommand(["list"]).stdout, /x\$\(touch evaluated\)y/);
    assert.ok(!completed("cleanup", "--id", "").some((line) => line.includes("touch")));
    const { stdout: script } = runCommand(["completion", "bash"]);
    assert.ok(!completedByBash(script, ["cleanup", "--id", ""]).includes("xy"));
  } finally {
    unmount(directory);
  }
});
