import { type Container, loadSync, type Mount, type PlanRequest, type Sandbox } from "../../../mod.ts";
import { type Picture, pictureOfPlans, type Row } from "../../../picture/mod.ts";
import { rowsOf } from "./lines.ts";

const core = loadSync();

/** What a picture of one container is made of. */
export interface OneContainer {
  readonly sandbox?: Partial<Sandbox>;
  readonly container?: Partial<Container>;
  readonly mounts?: readonly Mount[];
}

/** The picture of a container. Its root filesystem is a directory, or a disk where nothing is shared. */
export function pictureOf({ sandbox, container, mounts = [] }: OneContainer): Picture {
  const root =
    sandbox?.sharedFs === "none"
      ? { fstype: "ext4", blockDrive: { scsiAddr: "0:0" } }
      : { rootFs: { target: "/r" } };
  const request: PlanRequest = {
    op: "shareContainer",
    sandbox: { id: "s1", ...sandbox },
    container: { id: "c1", ...(container?.fstype ? {} : root), ...container, mounts },
    random: mounts.map((_, at) => String(at).padStart(16, "0")),
  };
  return pictureOfPlans([{ request, plan: core.plan(request) }]);
}

/** The curves that lead to a row, from the host on. */
export function curvesTo(picture: Picture, row: Row): string[] {
  const byId = new Map(rowsOf(picture).map((one) => [one.id, one]));
  const nameOf = (id: string) => byId.get(id)?.path?.replace(/^.*\/mounts\//, "") ?? byId.get(id)?.label;
  return picture.curves
    .filter(({ to }) => to === row.id)
    .flatMap(({ from, to, kind, traits }) => [
      ...curvesTo(picture, byId.get(from) as Row),
      `${kind} ${nameOf(from)} -> ${nameOf(to)}: ${traits.join(" ")}`,
    ]);
}
