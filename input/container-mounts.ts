import type { IdMapping, Mount } from "../wasm/types.ts";
import { definedFields } from "./defined-fields.ts";
import type { Reader } from "./reader.ts";

interface Mappings {
  readonly uidMappings: IdMapping[] | undefined;
  readonly gidMappings: IdMapping[] | undefined;
}

/** The mounts of a config.json. Mounts that ask for id mappings and have none get those of `linux`. */
export function mountsOf(mounts: Reader, linux: Reader): Mount[] {
  const namespace = mappingsOf(linux);
  return mounts.items().map((mount) => mountOf(mount, namespace));
}

function mountOf(mount: Reader, namespace: Mappings): Mount {
  const options = mount.field("options")?.texts();
  const mappings = mappingsOf(mount);
  const hasMappings = (mappings.uidMappings ?? mappings.gidMappings) !== undefined;
  return {
    destination: mount.needed("destination").text(),
    ...definedFields({
      type: mount.field("type")?.text(),
      source: mount.field("source")?.text(),
      options,
      // config.md: without mappings, an idmapped mount has those of its container's user namespace.
      ...(options?.some(isMapped) && !hasMappings ? namespace : mappings),
    }),
  };
}

function isMapped(option: string): boolean {
  return option === "idmap" || option === "ridmap";
}

function mappingsOf(record: Reader): Mappings {
  return { uidMappings: mappingOf(record, "uidMappings"), gidMappings: mappingOf(record, "gidMappings") };
}

// An empty array is the same as no array.
function mappingOf(record: Reader, name: string): IdMapping[] | undefined {
  const ranges = record.field(name)?.items().map(rangeOf);
  return ranges?.length === 0 ? undefined : ranges;
}

function rangeOf(range: Reader): IdMapping {
  return {
    containerID: range.needed("containerID").count(),
    hostID: range.needed("hostID").count(),
    size: range.needed("size").count(),
  };
}
