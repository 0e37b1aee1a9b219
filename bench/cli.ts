import { mkdirSync, writeFileSync } from "node:fs";
import { execPath } from "node:process";
import { type Figure, figure, ratio } from "./figures.ts";
import { inTurn } from "./in-turn.ts";
import { root } from "./programs.ts";
import type { Room } from "./room.ts";
import { wallOf } from "./wall.ts";

const MOUNTS = 25;
const RUNS = 25;

/** The figures of `cli`: the command from its start to its end, against the runtime that does nothing. */
export function cliFigures({ directory }: Room): Figure[] {
  const bundle = `${directory}/bundle`;
  mkdirSync(`${bundle}/rootfs`, { recursive: true });
  const mounts = Array.from({ length: MOUNTS }, (_, i) => ({
    ...{ destination: `/etc/f${i}`, type: "bind", source: `${directory}/sources/f${i}` },
    options: ["rbind", "ro"],
  }));
  writeFileSync(`${bundle}/config.json`, JSON.stringify({ root: { path: "rootfs" }, mounts }));
  const command = [
    execPath,
    `${root}dist/doors/guestshare.js`,
    "plan",
    "--offline",
    "--id",
    "s1",
    "--quiet",
    bundle,
  ];
  const walls = inTurn(
    new Map([
      ["node", () => wallOf([execPath, "-e", "0"])],
      ["plan_offline", () => wallOf(command)],
    ]),
    RUNS,
  );
  return [
    ...[...walls.keys()].map((name) => ({ ...figure(name, walls, "ms"), name: `cli.${name}.wall_ms` })),
    ratio("cli.plan_offline_vs_node", walls.get("plan_offline"), walls.get("node")),
  ];
}
