/**
 * A value of QEMU's such as `socket,id=a,path=/b`: the first word, and the properties. A comma within a value is doubled
 * (util/keyval.c and util/qemu-option.c of QEMU 7.2).
 */
export function properties(head: string, values: Readonly<Record<string, string | number>>): string {
  const pairs = Object.entries(values).map(([name, value]) => `${name}=${doubled(String(value))}`);
  return [...(head === "" ? [] : [head]), ...pairs].join(",");
}

function doubled(value: string): string {
  return value.replaceAll(",", ",,");
}
