import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execPath } from "node:process";
import { test } from "node:test";
import { parse as parseToml } from "smol-toml";
import { parseAllDocuments } from "yaml";
import { knownDirectories, serveNode } from "../../node/mod.ts";
import { type KubernetesObject, wrongFields } from "../support/deploy/kubernetes.ts";
import { ownMounts, readUnit } from "../support/deploy/unit.ts";
import { statusOf } from "../support/node/statuses.ts";
import { packageRoot } from "../support/package-root.ts";
import { findTool } from "../support/runner/tools.ts";

// What a cluster or a node takes as it is.

const textOf = (name: string) => readFileSync(join(packageRoot, "deploy", name), "utf8");
const { version, bin } = JSON.parse(readFileSync(join(packageRoot, "package.json"), "utf8"));
const objects = parseAllDocuments(textOf("daemonset.yaml"), { strict: true }).map((document) => {
  assert.deepEqual([...document.errors, ...document.warnings], []);
  return document.toJS() as KubernetesObject;
});
// biome-ignore lint/suspicious/noExplicitAny: its fields are checked by the compiler below
const daemonSet = objects.find(({ kind }) => kind === "DaemonSet") as any;
const pod = daemonSet.spec.template.spec;
const [monitor] = pod.containers;

test("deploy/ has what the documents say", () => {
  const names = ["Containerfile", "containerd-gate.toml", "daemonset.yaml", "guestshare-monitor.service"];
  assert.deepEqual(readdirSync(join(packageRoot, "deploy")).sort(), names);
});

test("the objects for a cluster have only fields that Kubernetes has, with values of their types", () => {
  assert.deepEqual(
    objects.map(({ kind }) => kind),
    ["Namespace", "DaemonSet"],
  );
  assert.equal(wrongFields(objects), "");
});

test("a field that Kubernetes does not have, and one that is missing, are found", () => {
  const misspelt = structuredClone(daemonSet);
  misspelt.spec.template.spec.containers[0].securityContext.capabilites = {};
  assert.match(wrongFields([misspelt]), /"capabilites"' does not exist in type 'SecurityContext'/);
  const without = structuredClone(daemonSet);
  delete without.spec.selector;
  assert.match(wrongFields([without]), /'selector' is missing/);
});

test("the pods of the DaemonSet are its own, and what they mount is there", () => {
  assert.deepEqual(daemonSet.spec.selector.matchLabels, daemonSet.spec.template.metadata.labels);
  assert.equal(daemonSet.metadata.namespace, objects[0]?.metadata.name);
  const named = (all: { name: string }[]) => all.map(({ name }) => name).sort();
  assert.deepEqual(named(monitor.volumeMounts), named(pod.volumes));
});

test("the DaemonSet is not privileged, and each capability has its reason", () => {
  const { privileged, allowPrivilegeEscalation, readOnlyRootFilesystem, capabilities } =
    monitor.securityContext;
  assert.deepEqual([privileged, allowPrivilegeEscalation, readOnlyRootFilesystem], [false, false, true]);
  assert.deepEqual(capabilities.drop, ["ALL"]);
  const lines = textOf("daemonset.yaml").split("\n");
  for (const name of [...capabilities.add, "hostPID: true", "Unconfined", "name: nri", "name: answers"]) {
    const at = lines.findIndex((line) => line.endsWith(name));
    const before = lines.slice(at - 2, at).join("\n");
    assert.match(before, /# /, `${name} has no reason`);
  }
  const unit = readUnit(textOf("guestshare-monitor.service"));
  const bounding = unit.find(({ key }) => key === "CapabilityBoundingSet")?.value.split(" ");
  assert.deepEqual(
    bounding,
    capabilities.add.map((name: string) => `CAP_${name}`),
    "the service has others",
  );
});

test("the DaemonSet and the service run the same command, which removes nothing", () => {
  const unit = readUnit(textOf("guestshare-monitor.service"));
  const words = unit.find(({ key }) => key === "ExecStart")?.value.split(" ") ?? [];
  assert.deepEqual(words.slice(words.indexOf("guestshare") + 1), monitor.args);
  assert.ok(!monitor.args.includes("--yes"));
});

test("the service's end by a signal is none of its failures", () => {
  const unit = readUnit(textOf("guestshare-monitor.service"));
  assert.equal(unit.find(({ key }) => key === "SuccessExitStatus")?.value, "143");
  assert.match(textOf("../cli/bin.ts"), /SIGTERM: 143/);
});

test("what waits for the service waits until the monitor is ready", async () => {
  const unit = readUnit(textOf("guestshare-monitor.service"));
  const asking = unit.find(({ key }) => key === "ExecStartPost")?.value ?? "";
  const [, script = ""] = /^-\/usr\/bin\/env node -e '([^'$%]+)'$/.exec(asking) ?? [];
  const directory = mkdtempSync(join(tmpdir(), "guestshare-"));
  const socket = join(directory, "monitor.sock");
  let asked = 0;
  const living = { ...statusOf().living, isKnown: false };
  const status = () => statusOf(++asked < 3 ? { living } : {});
  // Nobody listens at first, and then the monitor does not know who lives.
  const waiting = spawn(execPath, ["-e", script.replace("/run/guestshare-monitor/monitor.sock", socket)]);
  const ended = once(waiting, "close");
  await new Promise((resolve) => setTimeout(resolve, 100));
  await using server = await serveNode({ at: { socket }, status });
  assert.deepEqual([await ended, server.socket], [[0, null], socket]);
  assert.equal(asked, 3);
  await server.close();
  rmdirSync(directory);
});

test("the service has no mount namespace of its own, and settings that systemd knows", (t) => {
  const path = join(packageRoot, "deploy/guestshare-monitor.service");
  const settings = readUnit(readFileSync(path, "utf8"));
  assert.deepEqual(
    settings.filter(({ key }) => ownMounts.includes(key)),
    [],
  );
  if (!findTool("systemd-analyze")) return t.skip("systemd-analyze is not installed");
  const { status, stdout, stderr } = spawnSync("systemd-analyze", ["verify", "--man=no", path], {
    encoding: "utf8",
  });
  assert.deepEqual([status, stdout + stderr], [0, ""]);
});

test("systemd removes no directory that has sandboxes when the service ends", () => {
  const settings = readUnit(textOf("guestshare-monitor.service"));
  const names = settings.filter(({ key }) => key === "RuntimeDirectory").map(({ value }) => `/run/${value}`);
  assert.deepEqual(names, ["/run/guestshare-monitor"]);
  assert.deepEqual(
    knownDirectories.filter((directory) => `${names[0]}/`.startsWith(`${directory}/`)),
    [],
  );
});

test("the image is made of the package that npm packs, and runs its command", () => {
  const lines = textOf("Containerfile").replaceAll("\\\n", "").split("\n");
  const steps = lines.filter((line) => line !== "" && !line.startsWith("#"));
  assert.deepEqual(
    steps.map((line) => line.split(" ")[0]),
    ["FROM", "COPY", "RUN", "ENV", "USER", "WORKDIR", "ENTRYPOINT", "CMD"],
  );
  assert.ok(steps.includes(`ENTRYPOINT ["${Object.keys(bin)[0]}"]`));
  assert.equal(monitor.image, `registry.example/guestshare:${version}`);
  assert.ok(lines.join("\n").includes(monitor.image));
});

test("containerd's piece for the gate requires the plugin that the monitor is", () => {
  const validator = { enable: true, required_plugins: ["guestshare"] };
  const settings = { version: 3, plugins: { "io.containerd.nri.v1.nri": { default_validator: validator } } };
  const read = JSON.parse(JSON.stringify(parseToml(textOf("containerd-gate.toml"))));
  assert.deepEqual(read, settings);
});
