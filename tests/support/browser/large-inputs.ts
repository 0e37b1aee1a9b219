// Inputs of any size, for tests of the page.

/** A config.json with so many mounts, one a line. */
export function configOf(mounts: number): string {
  const lines = Array.from({ length: mounts }, (_, at) =>
    JSON.stringify({
      destination: `/data/mount-${at}`,
      type: "bind",
      source: `/srv/data/of/somebody/source-${at}`,
      options: ["rbind", "ro"],
    }),
  );
  return `{"ociVersion":"1.2.0","root":{"path":"rootfs"},"mounts":[\n${lines.join(",\n")}\n]}`;
}
