import type { FoundSandbox } from "../../table/mod.ts";
import { O_RDONLY } from "../linux/constants.ts";
import { ELOOP, ENOENT, ENOTDIR } from "../linux/errno.ts";
import { HUB, USERS } from "../linux/names.ts";
import { unlessOneOf } from "../linux/syscall-error.ts";
import type { Syscalls } from "../linux/syscalls.ts";

/** The containers that use each share of a sandbox, by the share's name: what the files in the hub say. */
export function usersIn(sys: Syscalls, { directory, hub }: FoundSandbox): Record<string, string[]> {
  const users: Record<string, string[]> = {};
  const sandbox = hub && unlessOneOf([ENOENT], () => sys.openPath(directory));
  if (sandbox === undefined) return users;
  sys.using(sandbox, () =>
    within(sys, sandbox, HUB, (hubFd) =>
      within(sys, hubFd, USERS, (usersFd) => {
        for (const name of sys.list(usersFd))
          within(sys, usersFd, name, (share) => {
            users[name] = sys.list(share);
          });
      }),
    ),
  );
  return users;
}

// What is no directory, or a link, is no list of users.
function within(sys: Syscalls, directory: number, name: string, look: (fd: number) => void): void {
  const fd = unlessOneOf([ENOENT, ENOTDIR, ELOOP], () => sys.openDirectory(directory, name, O_RDONLY));
  if (fd !== undefined) sys.using(fd, () => look(fd));
}
