import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { FormatError, load, type PlanRequest, RequestError, withAnnotations } from "../../mod.ts";
import { knownWords } from "../../wasm/known-words.ts";
import { nearestOf } from "../../words/nearest.ts";
import { packageRoot } from "../support/package-root.ts";

// Whoever writes a word or a name that is none is told which there are, and which of them is meant.

const core = await load();
const share = {
  op: "shareFile",
  sandbox: { id: "s1" },
  container: { id: "c1" },
  mount: { source: "/a", destination: "/a" },
  random: "0011223344556677",
};

function refusalOf(request: object): RequestError {
  try {
    core.plan(request as PlanRequest);
  } catch (error) {
    if (error instanceof RequestError) return error;
    throw error;
  }
  return assert.fail("it was planned");
}

// Where, what is written there, and what is meant.
const rows: readonly [path: string, written: unknown, nearest: string | undefined][] = [
  ["op", "share", "shareFile"],
  ["opp", "shareFile", "op"],
  ["containers", [], "container"],
  ["sandbox.sharedFs", "9p", "virtio-9p"],
  ["sandbox.sharedFs", "virtiofs", "virtio-fs"],
  ["sandbox.sharedFs", "VIRTIO-FS", "virtio-fs"],
  ["sandbox.sharedFs", "virtio-fs-nidus", "virtio-fs-nydus"],
  ["sandbox.sharedFs", "nfs", undefined],
  ["sandbox.hypervisor", "cloud-hypervisor", "clh"],
  ["sandbox.hypervisor", "fc", "firecracker"],
  ["sandbox.hypervisor", "", undefined],
  ["sandbox.hypervisor", "constructor", undefined],
  ["sandbox.blockDeviceDriver", "scsi", "virtio-scsi"],
  ["sandbox.emptydirMode", "encrypted", "block-encrypted"],
  ["sandbox.shared_fs", "none", "sharedFs"],
  ["sandbox.SharedFS", "none", "sharedFs"],
  ["sandbox.bindMounts", [], "sandboxBindMounts"],
  ["sandbox.kubeletDir", "/", "kubeletRootDir"],
  ["container.rootfs", {}, "rootFs"],
  ["container.mount", [], "mounts"],
  ["container.rootFs.src", "/a", "source"],
  ["container.blockDrive.pci", "02", "pciPath"],
  ["mount.src", "/a", "source"],
  ["mount.dst", "/a", "destination"],
  ["mount.dest", "/a", "destination"],
  ["mount.target", "/a", "destination"],
  ["mount.readonly", true, "readOnly"],
  ["mount.option", ["ro"], "options"],
  ["mount.x y", 1, undefined],
  ["mount.options[0]", "readonly", "ro"],
  ["mount.options[0]", "read-only", "ro"],
  ["mount.options[0]", "readwrite", "rw"],
  ["mount.options[0]", "recursive", "rbind"],
  ["mount.options[0]", "no-suid", "nosuid"],
  ["mount.options[0]", "noexc", "noexec"],
  ["mount.options[0]", "rprivte", "rprivate"],
  ["mount.options[0]", "size=64k", undefined],
  ["mount.options[0]", "remount", undefined],
  ["mount.options[0]", "prolong", undefined],
  ["mount.facts.kind", "dir", "directory"],
  ["mount.facts.attributes[0]", "readonly", "ro"],
  ["mount.fsGroupChangePolicy", "onrootmismatch", "OnRootMismatch"],
];
for (const [path, written, nearest] of rows) {
  test(`${path} ${JSON.stringify(written)} is refused with the words there are${nearest ? `, and ${nearest} before all` : ""}`, () => {
    const error = refusalOf(withAt(share, path, written));
    assert.ok(error.words.length > 1 || path.includes("encryptionKey"));
    assert.equal(error.nearest, nearest, error.message);
    for (const word of error.words) assert.ok(error.message.includes(JSON.stringify(word)), word);
    if (nearest) assert.match(error.message, new RegExp(`perhaps "${nearest}" is meant`));
    else assert.doesNotMatch(error.message, /perhaps/);
  });
}

/** A copy with another value at one path. */
function withAt(value: object, path: string, at: unknown): object {
  const copy = structuredClone(value) as Record<string, unknown>;
  const names = path.replace(/\[\d\]$/, "").split(".");
  const last = names.pop() as string;
  let place = copy;
  for (const name of names) {
    place[name] ??= {};
    place = place[name] as Record<string, unknown>;
  }
  place[last] = path.endsWith("]") ? [at] : at;
  return copy;
}

test("request-shape.ts is what wasm/shape.mjs makes of the schema", async () => {
  const { shapeText } = await import(pathToFileURL(join(packageRoot, "wasm/shape.mjs")).href);
  const { definitions } = JSON.parse(readFileSync(join(packageRoot, "wasm/schema.json"), "utf8"));
  const text = readFileSync(join(packageRoot, "wasm/generated/request-shape.ts"), "utf8");
  assert.equal(text, shapeText(definitions), "run `npm run build:schema`");
});

test("the words of an option are those that the core takes, all of them", () => {
  const literals = ["core/attributes.ts", "core/plan/bind-options.ts"].flatMap((file) =>
    [
      ...readFileSync(join(packageRoot, file), "utf8").matchAll(/StaticArray<string> = \[([^\]]*)\]/g),
    ].flatMap(([, list = ""]) => [...list.matchAll(/"([^"]+)"/g)].map(([, word = ""]) => word)),
  );
  const words = knownWords({ code: "unsupported-option", path: "container.mounts[3].options[0]" });
  assert.deepEqual([...words].sort(), [...new Set([...literals, "rbind", "rro"])].sort());
  const mappings = [{ containerID: 0, hostID: 0, size: 1 }];
  for (const word of words) {
    const mount = { ...share.mount, options: [word], uidMappings: mappings, gidMappings: mappings };
    core.plan({ ...share, mount } as unknown as PlanRequest);
  }
});

test("a refusal that is of no word lists none", () => {
  const error = refusalOf({ ...share, random: "x" });
  assert.deepEqual([error.code, error.words, error.nearest], ["bad-random", [], undefined]);
});

test("a word of another format is refused with those that it has", () => {
  const annotations = { "io.katacontainers.config.hypervisor.virtio_fs_cache": "allways" };
  try {
    withAnnotations({ id: "s1" }, annotations, { allow: ["virtio_fs_cache"] });
    assert.fail("it was taken");
  } catch (error) {
    assert.ok(error instanceof FormatError, String(error));
    assert.equal(error.nearest, "always");
    assert.ok(error.words.includes("never") && error.message.includes('"never"'), error.message);
  }
});

test("what is far from all words is near to none, and what is too long is not looked at", () => {
  const words = ["ro", "rw", "rbind"];
  for (const written of ["", "-", "x", "zz", "a".repeat(100_000)])
    assert.equal(nearestOf(written, words), undefined);
  assert.equal(nearestOf("ro", []), undefined);
});
