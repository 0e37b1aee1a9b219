import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";
import test from "node:test";
import { compiled, readJson } from "../support/package/compile.ts";
import { packageRoot } from "../support/package-root.ts";

// What the types behind the package's doors say, beside what the examples show.

const inputs = [
  ...["Sandbox", "Container", "Mount", "RootFs", "BlockDrive", "DirectVolume", "SourceFacts"],
  ...["CleanupRequest", "ShareFileRequest", "UnshareFileRequest", "ShareContainerRequest"],
  ...["UnshareContainerRequest", "HeldShare", "ContainerOptions", "RootFsOptions", "AnnotationOptions"],
];

test("a field that may be left out may be undefined, under exactOptionalPropertyTypes", () => {
  const lines = [
    `import type { ${inputs.join(", ")} } from "guestshare";`,
    'import type { SandboxOptions } from "guestshare/configuration";',
    "type Undefined<T> = { [K in keyof T as Record<never, never> extends Pick<T, K> ? K : never]: undefined };",
    ...[...inputs, "SandboxOptions"].map(
      (name) =>
        `declare const no${name}: Undefined<${name}>; export const of${name}: Partial<${name}> = no${name};`,
    ),
  ];
  const { status, output } = compiled([{ name: "undefined fields", code: lines.join("\n") }]);
  assert.equal(status, 0, output);
});

test("options of a mount are words that an editor completes, or any other text", () => {
  const code = `
    import type { Mount, MountOption, OptionWord, RootFs } from "guestshare";
    export const kept: Extract<MountOption, "ro"> = "ro";
    export const word: OptionWord = "rbind";
    // @ts-expect-error This is no word of a bind.
    export const none: OptionWord = "size=1g";
    export const mount: Mount = { destination: "/x", options: ["rbind", "size=1g"] };
    const texts: string[] = ["lowerdir=/a"];
    export const root: RootFs = { options: texts };
  `;
  const { status, output } = compiled([{ name: "options", code }]);
  assert.equal(status, 0, output);
});

test("no exported name is one that browsers have", () => {
  const known = browserNames();
  for (const name of ["Request", "Storage", "Text", "Headers", "AbortSignal", "fetch"])
    assert.ok(known.has(name), name);
  const doors = Object.values<{ types?: string }>(readJson("package.json").exports).flatMap(({ types }) =>
    types?.startsWith("./dist/") ? [types] : [],
  );
  const exported = doors.map((door) =>
    exportsOf(posix.join(door.replace("dist/types/", "").replace(/\.d\.ts$/, ".ts"))),
  );
  for (const [at, names] of exported.entries())
    assert.ok(names.length > 2, `of ${doors[at]} nothing was read`);
  assert.ok(exported.flat().includes("FilesystemShare") && exported.flat().includes("Sandbox"));
  assert.deepEqual(
    [...new Set(exported.flat())].filter((name) => known.has(name)),
    [],
  );
});

// What lib.dom.d.ts declares for all, as types and as values.
function browserNames(): Set<string> {
  const compilers = readdirSync(join(packageRoot, "node_modules/@typescript"));
  const folder = compilers.find((name) => name.startsWith("typescript-")) ?? "";
  const path = join(packageRoot, "node_modules/@typescript", folder, "lib/lib.dom.d.ts");
  const declared =
    /^(?:declare )?(?:abstract )?(?:interface|type|class|var|let|const|function|namespace) (\w+)/gm;
  return new Set(Array.from(readFileSync(path, "utf8").matchAll(declared), ([, name = ""]) => name));
}

// The names that a module exports, and those of the modules that it exports whole.
function exportsOf(file: string): string[] {
  const text = readFileSync(join(packageRoot, file), "utf8");
  const whole = [...text.matchAll(/^export (?:type )?\* from "(\.[^"]+)";/gm)];
  const lists = [...text.matchAll(/^export (?:type )?\{([^}]*)\}/gm)];
  const own = text.matchAll(
    /^export (?:declare |abstract |async )*(?:interface|type|class|const|function\*?|enum) (\w+)/gm,
  );
  return [
    ...whole.flatMap(([, path = ""]) => exportsOf(posix.join(posix.dirname(file), path))),
    ...lists.flatMap(([, list = ""]) => list.split(",").flatMap((one) => /(\w+)\s*$/.exec(one)?.[1] ?? [])),
    ...Array.from(own, ([, name = ""]) => name),
  ];
}
