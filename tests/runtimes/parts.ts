import { join } from "node:path";
import { packageRoot } from "../support/package-root.ts";
import { inNamespace } from "../support/runner/in-namespace.ts";
import type { Part } from "../support/runner/parts.ts";
import type { Runtime } from "./runtimes.ts";

// What differs between runtimes: Wasm, text and its encodings, sockets, and the ways to libc. None of these files compares times,
// for all runtimes are tested at once.
const withoutMounts = [
  ...["core/fixtures", "core/load", "core/boundary", "core/hostile", "core/one-mount", "core/read-step"],
  ...["input/annotations", "input/container", "input/drop-ins", "input/pod-bundle"],
  ...["input/root-fs", "input/sandbox", "table/mountinfo", "table/predict", "table/recognise"],
  ...["table/statmount", "agent/agent", "ttrpc/calls", "ttrpc/frame", "ttrpc/server", "copy/requests"],
];
const withMounts = [
  ...["operations", "guard", "read-only", "one-mount", "submounts", "idmapped", "volumes", "lock"],
  ...["teardown", "planned", "refused-sources", "worker-threads", "list-sandboxes"],
].map((name) => `host/${name}`);

/** The tests on a runtime that the rest of the run does not have. */
export function partsOn(runtime: Runtime): Part[] {
  const { name } = runtime;
  return [
    partOf(`${name} host`, inNamespace("private", commandOf(runtime, withMounts)), withMounts),
    partOf(`${name} core`, commandOf(runtime, withoutMounts), withoutMounts),
  ];
}

/** The test of the package that is installed in a folder. */
export function installedPart(runtime: Runtime, folder: string): Part {
  const files = ["runtimes/installed"];
  const part = partOf(`${runtime.name} installed`, commandOf(runtime, files), files);
  return { ...part, environment: { ...part.environment, GUESTSHARE_TEST_INSTALLED: folder } };
}

function partOf(name: string, command: readonly string[], files: readonly string[]): Part {
  const environment = {
    GUESTSHARE_TEST_FILES: JSON.stringify(files.map(builtPathOf)),
    GUESTSHARE_TEST_SAMPLED: "1",
    GUESTSHARE_TEST_PROPAGATION: "private",
  };
  return { name, command, environment, missing: "", expectedSeconds: undefined };
}

const builtPathOf = (file: string) => join(packageRoot, "dist/tests", `${file}.test.js`);

function commandOf({ kind, path }: Runtime, files: readonly string[]): string[] {
  switch (kind) {
    case "node": {
      const flags = ["--test", "--test-reporter=spec", "--test-concurrency=1", "--enable-source-maps"];
      // Without the compiler that may wait for ever at the end of a process: nodejs/node#54918, in 22 to 26.
      return [path, "--no-maglev", ...flags, join(packageRoot, "dist/tests/support/runner/together.js")];
    }
    case "deno":
      return [path, "test", "-A", "--no-check", ...files.map((file) => `tests/${file}.test.ts`)];
    // It says everything on stderr, and ends a test after five seconds unless told otherwise.
    case "bun":
      return [
        "sh",
        "-c",
        'exec "$@" 2>&1',
        "sh",
        path,
        "test",
        "--timeout=600000",
        ...files.map(builtPathOf),
      ];
  }
}
