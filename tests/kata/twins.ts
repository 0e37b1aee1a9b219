import type { OciMount } from "../../mod.ts";
import { clean } from "./host.ts";
import type { Answer, ContainerQuestion } from "./question.ts";

// Questions that Kata answers otherwise than their twins, and this project does not: what holds for the twin, which Kata
// answers as this project does, holds for them.

/** The question with all its paths cleaned, but those that lead into a file: with a slash behind it nothing is there. */
export function withCleanPaths(question: ContainerQuestion): ContainerQuestion {
  const { config, drives, mountInfo, host } = question;
  const files = host.filter(({ kind }) => kind === "file").map(({ path }) => path);
  const isInFile = ({ source = "" }: OciMount) => source.endsWith("/") && files.includes(clean(source));
  return {
    ...question,
    config: { ...config, mounts: config.mounts.map((one) => (isInFile(one) ? one : cleaned(one))) },
    drives: withKeys(drives),
    mountInfo: withKeys(mountInfo),
  };
}

/** The question with the type "bind" where no type means it. */
export function withTypes(question: ContainerQuestion): ContainerQuestion {
  const { config } = question;
  return { ...question, config: { ...config, mounts: config.mounts.map(typed) } };
}

/** An answer as it is for both twins: without the texts that the mounts of the question had. */
export function asTwins({ error, storages, mounts, rootPath }: Answer): unknown {
  if (error !== undefined) return error.replace(/:.*/s, "");
  const plain = (mounts ?? []).map((mount) => ({ ...typed(cleaned(mount)) }));
  return JSON.parse(JSON.stringify({ storages, rootPath, mounts: plain })) as unknown;
}

function cleaned<Mount extends OciMount>(mount: Mount): Mount {
  const { source, destination } = mount;
  return {
    ...mount,
    ...(source !== undefined && { source: pathOf(source) }),
    destination: pathOf(destination),
  };
}

function typed<Mount extends OciMount>(mount: Mount): Mount {
  return mount.type === "" || mount.type === "none" ? { ...mount, type: "bind" } : mount;
}

function withKeys<Value>(record: Readonly<Record<string, Value>>): Record<string, Value> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [pathOf(key), value]));
}

function pathOf(text: string): string {
  return text.startsWith("/") ? clean(text) : text;
}
