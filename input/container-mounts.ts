import type { IdMapping, Mount } from "../wasm/types.ts";
import { present } from "./present.ts";
import type { Reader } from "./reader.ts";

interface Mappings {
  readonly uidMappings: IdMapping[] | undefined;
  readonly gidMappings: IdMapping[] | undefined;
}

/** The mounts of a config.json; of its `linux` those get mappings that ask for some and have none. */
export function mountsOf(mounts: Reader, linux: Reader): Mount[] {
  const namespace = mappingsOf(linux);
  return mounts.items().map((mount) => mountOf(mount, namespace));
}

function mountOf(mount: Reader, namespace: Mappings): Mount {
  const options = mount.field("options")?.texts();
  const own = mappingsOf(mount);
  const hasOwn = (own.uidMappings ?? own.gidMappings) !== undefined;
  return {
    destination: mount.needed("destination").text(),
    ...present({
      type: mount.field("type")?.text(),
      source: mount.field("source")?.text(),
      options,
      // config.md: a mount that is to be mapped may be so by the user namespace of its container.
      ...(options?.some(isMapped) && !hasOwn ? namespace : own),
    }),
  };
}

function isMapped(option: string): boolean {
  return option === "idmap" || option === "ridmap";
}

function mappingsOf(record: Reader): Mappings {
  return { uidMappings: mappingOf(record, "uidMappings"), gidMappings: mappingOf(record, "gidMappings") };
}

// An empty list maps nothing, as none does.
function mappingOf(record: Reader, name: string): IdMapping[] | undefined {
  const runs = record.field(name)?.items().map(runOf);
  return runs?.length === 0 ? undefined : runs;
}

function runOf(run: Reader): IdMapping {
  return {
    containerID: run.needed("containerID").count(),
    hostID: run.needed("hostID").count(),
    size: run.needed("size").count(),
  };
}
