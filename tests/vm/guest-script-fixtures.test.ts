import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import type { ContainerPlan, Plan } from "../../mod.ts";
import { containerMounts, GuestMountError, guestScript } from "../../vm/mod.ts";
import { fixtureFiles, readRows } from "../support/fixtures/fixtures.ts";
import { shells } from "./support/shells.ts";

interface Planned {
  readonly name: string;
  readonly plan: Pick<ContainerPlan, "storages" | "mounts" | "rootPath">;
}

// Every plan of the fixtures that brings something for the guest, as a container of its own.
function plans(): Planned[] {
  const rows = fixtureFiles.flatMap((file) =>
    readRows(file).flatMap((row) => (typeof row === "string" ? [] : [{ file, ...row }])),
  );
  return rows.flatMap(({ file, name, plan }) =>
    plan ? [{ name: `${file}: ${name}`, plan: asContainer(plan) }] : [],
  );
}

function asContainer({
  storages,
  shared,
  mounts = [],
  rootPath = "/run/kata-containers/c/rootfs",
}: Plan): Planned["plan"] {
  return { storages: storages ?? shared?.storages ?? [], mounts, rootPath };
}

/** The script, or why there is none. */
function scriptOf({ plan }: Planned): string {
  try {
    return guestScript(containerMounts({ id: "c", sandboxStorages: [], plan }));
  } catch (error) {
    if (error instanceof GuestMountError) return `${error.code} ${error.subject}`;
    throw error;
  }
}

const written = plans().map((planned) => scriptOf(planned));
const isScript = (text: string) => text.startsWith("#!/bin/sh\n");

for (const { name, shell } of shells) {
  test(`each plan of the fixtures gives a script that ${name} reads`, () => {
    const scripts = new Set(written.filter(isScript));
    assert.ok(scripts.size > 180, `${scripts.size} scripts`);
    // One reading for all: each script is the body of a function.
    const input = [...scripts].map((script, index) => `f${index}() {\n${script}\n}\n`).join("");
    const { status, stderr } = spawnSync(shell[0], [...shell.slice(1), "-n"], { input, encoding: "utf8" });
    assert.deepEqual([status, stderr], [0, ""]);
  });
}

test("a plan of the fixtures that no script can do is refused for what only an agent can", () => {
  assert.deepEqual([...new Set(written.filter((each) => !isScript(each)))].sort(), [
    "device 0.0.é?>~",
    "driver image_guest_pull",
    "encryption encryption_key=ephemeral",
    "filesystem ",
    "mappings /a",
    "path /", // a view that covers the guest's own root
  ]);
});
