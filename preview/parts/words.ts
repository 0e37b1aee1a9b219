/** The words of the picture, for those who meet them first here. */
export const pictureWords = [
  ["Hub", "a directory of the host, in which all shares of the sandbox are attached"],
  ["View", "what the guest sees of the hub, read-only at its top"],
  ["Share", "a mount in the hub: what a container gets of a source"],
  ["Storage", "what the agent mounts in the guest before the containers start"],
  ["Agent", "the program in the guest that mounts, copies, and starts containers"],
] as const;
