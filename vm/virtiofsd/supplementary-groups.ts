import { readFileSync } from "node:fs";

/**
 * Whether this process has supplementary groups that it may not drop: so in a user namespace whose groups newgidmap(1) did not map
 * (user_namespaces(7), "setgroups"). QEMU's own virtiofsd drops them first of all, and ends where it may not.
 */
export function mustKeepGroups(): boolean {
  const groups = /^Groups:[ \t]*(.*)$/m.exec(readFileSync("/proc/self/status", "latin1"))?.[1];
  return (groups ?? "") !== "" && readFileSync("/proc/self/setgroups", "latin1").trim() === "deny";
}

/** What a user who is in groups needs for QEMU's own virtiofsd. */
export const groupMapper = "newgidmap, and a range of this user in /etc/subgid,";

/** What there is to say where it ended. */
export const keptGroups =
  "QEMU's virtiofsd drops its user's groups, which takes newgidmap: apt-get install uidmap, and have a range of this user in /etc/subgid";
