import { layoutPlaces } from "../recognise/layouts.ts";
import { VIEW } from "../sandbox-names.ts";
import { type AuditedSandbox, type Findings, umountStep } from "./audited-sandbox.ts";

// What shares are in: guard, hub and view.

/** Finds what is wrong with the guard, the hub and the view of a sandbox. */
export function auditFrame(audited: AuditedSandbox, findings: Findings): void {
  if (audited.sandbox.layout === "guestshare") {
    auditGuard(audited, findings);
    auditHub(audited, findings);
  }
  auditView(audited, findings);
  auditCovers(audited, findings);
}

function auditGuard({ sandbox: { guard, directory } }: AuditedSandbox, findings: Findings): void {
  if (!guard) findings.add("no-guard", directory, { call: "mend" });
  else if (!guard.isUnbindable || guard.peerGroup !== 0 || guard.master !== 0)
    findings.add("open-guard", directory, { call: "prepare" });
}

function auditHub({ sandbox: { hub, directory } }: AuditedSandbox, findings: Findings): void {
  const target = `${directory}/mounts`;
  if (!hub) findings.add("no-hub", target, { call: "prepare" });
  else if (hub.peerGroup === 0) findings.add("private-hub", target, { call: "mend" });
  else if (hub.attributes.includes("ro")) findings.add("read-only-hub", target, { call: "mend" });
}

function auditView({ sandbox }: AuditedSandbox, findings: Findings): void {
  const { layout, hub, view, directory, shares } = sandbox;
  const target = `${directory}/${layoutPlaces[layout].viewMount}`;
  const isOurs = layout === "guestshare";
  if (!view) {
    if (isOurs) findings.add("no-view", `${directory}/${VIEW}`, { call: "prepare" });
    else if (shares.length > 0) findings.add("no-view", target, { call: "gc" });
    return;
  }
  if (!view.attributes.includes("ro"))
    findings.add("writable-view", target, { call: isOurs ? "mend" : "gc" });
  else if (isOurs && hub && hub.peerGroup !== 0 && view.master !== hub.peerGroup)
    findings.add("stale-view", target, { call: "mend" });
}

// Who comes by a path gets what is on top there.
function auditCovers({ sandbox: { guard, hub, view }, tree }: AuditedSandbox, findings: Findings): void {
  for (const mount of [guard, hub, view]) {
    for (let on = mount && tree.coverOf(mount); on; on = tree.coverOf(on))
      findings.add("covered", on.target, { steps: [umountStep(on.target)] });
  }
}
