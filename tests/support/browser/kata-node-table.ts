import { readFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../package-root.ts";

// The mountinfo of a node of Kata's: what each of its two runtimes really made for a sandbox, over and over.

const tableOf = (name: string) =>
  readFileSync(join(packageRoot, "tests/fixtures/tables", name), "utf8")
    .trim()
    .split("\n");

const ofSandbox = (lines: readonly string[], id: string) =>
  lines.filter((line) => line.includes(`/sandboxes/${id}/`));

const layouts = [
  { id: "go1", lines: ofSandbox(tableOf("kata-go-shared.txt"), "go1") },
  { id: "rs1", lines: ofSandbox(tableOf("kata-rs.txt"), "rs1") },
];

// The mounts that all sandboxes are on: the root, /run, and a volume.
const host = [
  "1 0 254:0 / / rw,relatime - ext4 /dev/vda rw",
  "2 1 0:44 / /run rw,relatime shared:2 - tmpfs run rw",
  "3 2 0:48 / /run/src/dir rw,nosuid,nodev,relatime shared:3 - tmpfs volume rw",
];
const RUN = 2;

/**
 * The mountinfo of a node with so many sandboxes, by turns of the runtime in Go and of the one in Rust. What the guest sees of the
 * share "passwd" is missing in one of each.
 */
export function kataNodeTable(sandboxes: number, broken: readonly [go: number, rs: number]): string {
  const lines = [...host];
  for (let at = 0; at < sandboxes; at += 1) {
    const layout = layouts[at % 2] as (typeof layouts)[number];
    const name = `sb${String(at).padStart(3, "0")}`;
    const own = layout.lines
      .map((line) => line.replaceAll(`/sandboxes/${layout.id}/`, `/sandboxes/${name}/`))
      .filter(
        (line) => !(broken.includes(at) && new RegExp(`/${name}/(?:shared|ro)/\\S*passwd `).test(line)),
      );
    lines.push(...renumbered(own, lines.length + 1));
  }
  return `${lines.join("\n")}\n`;
}

// In one filesystem of /run, and with ids of their own.
function renumbered(lines: readonly string[], first: number): string[] {
  const fields = lines.map((line) => line.split(" "));
  const ids = new Map(fields.map(([id = ""], at) => [id, first + at]));
  return fields.map(([id = "", parent = "", device, ...rest]) =>
    [ids.get(id), ids.get(parent) ?? RUN, device === "0:47" ? "0:44" : device, ...rest]
      .join(" ")
      .replaceAll(":3989", ":2"),
  );
}
