import type { MountAttribute } from "../attributes.ts";
import type { FoundSandbox, FoundShare } from "../recognise/found-sandbox.ts";
import { type AuditedSandbox, type Findings, removeStep, unuseStep } from "./audited-sandbox.ts";

/** Finds what is wrong with the shares of a sandbox. */
export function auditShares(
  audited: AuditedSandbox,
  findings: Findings,
  silent: ReadonlySet<string> = new Set(),
): void {
  for (const share of audited.sandbox.shares) {
    if (silent.has(share.source.device)) findings.addShare("silent-source", share);
    else auditShare(audited, share, findings);
  }
  auditFiles(audited, findings);
}

// One finding a share: what mends it mends the others.
function auditShare(audited: AuditedSandbox, share: FoundShare, findings: Findings): void {
  const { mount, kind, attributes, below, source, viewMount } = share;
  const covering = audited.tree.coverOf(mount);
  if (kind === "unknown") findings.addMount("stranger", mount);
  else if (covering) findings.addMount("covered", covering);
  else if (source.isDeleted) findings.addShare("deleted-source", share);
  else if (isUnused(audited, share)) findings.addShare("unused-share", share);
  else if (!viewMount && isFollowed(audited.sandbox)) findings.addShare("unseen-share", share);
  else if (viewMount && !hasAll(viewMount.attributes, attributes))
    findings.addShare("weaker-in-view", share, viewMount.target);
  else if (below.length > 0 && attributes.includes("ro")) {
    const writable = below.find((one) => !one.attributes.includes("ro"));
    if (writable) findings.addShare("writable-below", share, `${mount.target}/${writable.relative}`);
  }
}

// Mostly both are the same list.
function hasAll(own: readonly MountAttribute[], wanted: readonly MountAttribute[]): boolean {
  return own === wanted || wanted.every((word) => own.includes(word));
}

function isUnused({ sandbox, files }: AuditedSandbox, { kind, name }: FoundShare): boolean {
  const mayBeUsed = kind !== "together" || sandbox.layout !== "guestshare" || !files;
  return !mayBeUsed && !files.users[name]?.length;
}

// A view that follows nothing is a finding of its own.
function isFollowed({ layout, hub, view }: FoundSandbox): boolean {
  if (!view) return false;
  return (
    layout !== "guestshare" || (hub !== undefined && hub.peerGroup !== 0 && view.master === hub.peerGroup)
  );
}

// What is in the hub and no mount.
function auditFiles({ sandbox, files }: AuditedSandbox, findings: Findings): void {
  const { directory, hub, shares } = sandbox;
  if (!files || !hub) return;
  // Nearly all have neither.
  if (files.placeholders.length === 0 && Object.keys(files.users).length === 0) return;
  const names = new Set(shares.map(({ name }) => name));
  const used = new Set<string>();
  for (const [name, users] of Object.entries(files.users)) {
    if (names.has(name)) continue;
    used.add(name);
    const isPlaceholder = files.placeholders.includes(name);
    const remove = isPlaceholder ? [removeStep(`${hub.target}/${name}`)] : [];
    const path = `${hub.target}/.users/${name}`;
    const unuse = users.map((user) => unuseStep(directory, name, user));
    const steps = [...remove, ...(users.length > 0 ? unuse : [removeStep(path)])];
    findings.add("users-without-share", path, { steps });
  }
  for (const name of files.placeholders) {
    const path = `${hub.target}/${name}`;
    if (!used.has(name)) findings.add("placeholder", path, { steps: [removeStep(path)] });
  }
}
