import type { MessageInitShape } from "@bufbuild/protobuf";
import type { Reader } from "../../../input/reader.ts";
import type { LinuxSchema } from "../generated/oci_pb.ts";
import { type LinuxRead, linuxShape, seccompShape } from "./spec-shape.ts";
import { agentDevices, guestNamespaces, isSysctl } from "./spec-words.ts";

type Linux = MessageInitShape<typeof LinuxSchema>;

// The agent's own pattern.
const SYSTEMD_PATH = /^[\w\-.]*:[\w\-.]*:[\w\-.]*$/;

/** What the agent is told of Linux, and whether the container is to share the sandbox's PID namespace. */
export function linuxOf(
  linux: Reader,
  { seccomp = false, systemd = false }: { seccomp?: boolean | undefined; systemd?: boolean | undefined },
  leftOut: string[],
): { linux: Linux; sandboxPidns: boolean } {
  const profile = seccomp ? linux.field("seccomp") : undefined;
  const unread: string[] = [];
  const read = linuxShape(linux, unread);
  leftOut.push(...unread.filter((path) => path !== profile?.path));
  refuseWrong(linux, read, systemd);
  const { namespaces = [], devices = [] } = read;
  const message: Linux = {
    ...read,
    namespaces: namespacesOf(linux, namespaces, leftOut),
    devices: devices.filter(({ path = "" }, at) => {
      const isMadeByAgent = agentDevices.includes(path);
      if (isMadeByAgent) leftOut.push(`${linux.path}.devices[${at}]`);
      return !isMadeByAgent;
    }),
    ...(profile && { seccomp: seccompShape(profile, leftOut) }),
  };
  // As in Kata: a namespace that is there already is the sandbox's.
  return { linux: message, sandboxPidns: namespaces.some(({ type, path }) => type === "pid" && !!path) };
}

// None of the host's: a path leads to nothing in a guest. The agent wants three, and adds a fourth, for processes.
function namespacesOf(
  linux: Reader,
  namespaces: NonNullable<LinuxRead["namespaces"]>,
  leftOut: string[],
): { type: string }[] {
  const types = new Set(guestNamespaces.filter((type) => type !== "user"));
  for (const [at, { type = "", path }] of namespaces.entries()) {
    const place = `${linux.path}.namespaces[${at}]`;
    if (!guestNamespaces.includes(type)) leftOut.push(place);
    else if (path) leftOut.push(`${place}.path`);
    if (guestNamespaces.includes(type)) types.add(type);
  }
  return [...types].map((type) => ({ type }));
}

function refuseWrong(linux: Reader, read: LinuxRead, systemd: boolean): void {
  const { cgroupsPath = "", sysctl = {}, namespaces = [] } = read;
  if (!systemd && SYSTEMD_PATH.test(cgroupsPath))
    linux.needed("cgroupsPath").refuse("needs-systemd", cgroupsPath);
  for (const name of Object.keys(sysctl)) {
    if (!isSysctl(name)) linux.needed("sysctl").needed(name).refuse("not-namespaced", name);
  }
  const hasUsers = namespaces.some(({ type }) => type === "user");
  for (const name of ["uidMappings", "gidMappings"] as const) {
    const hasMapping = read[name]?.some(({ size = 0 }) => size > 0) ?? false;
    if (hasUsers && !hasMapping) linux.part(name).refuse("missing-field", name);
    if (!hasUsers && hasMapping) linux.needed(name).refuse("needs-user-namespace", name);
  }
}
