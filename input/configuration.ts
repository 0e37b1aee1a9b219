import { parse, TomlError } from "smol-toml";
import type { Sandbox } from "../wasm/types.ts";
import { FormatError } from "./format-error.ts";
import { isPath, pathAdvice } from "./given-path.ts";
import { hypervisorWords } from "./kata-words.ts";
import { Reader } from "./reader.ts";

/** The parts of a configuration.toml that say something about sharing. */
export interface Configuration {
  /** Whether it is one of runtime-rs, which names the parts that it is made of; else it is one of the Go runtime. */
  readonly isRust: boolean;
  /** Undefined where it has no table of one. */
  readonly hypervisor: Sandbox["hypervisor"];
  /** The table of that hypervisor. */
  readonly machine: Reader;
  readonly runtime: Reader;
  readonly image: Reader;
}

const namesOfRust = ["hypervisor_name", "agent_name", "name"];

/** The configuration of one text, or of a base and the drop-ins that are merged over it, key by key. */
export function readConfiguration(toml: string | readonly string[]): Configuration {
  const value = typeof toml === "string" ? parsed(toml, "") : mergedOf(textsOf(toml));
  const root = new Reader("configuration.toml", value);
  const runtime = root.part("runtime");
  const machines = root.part("hypervisor");
  const name = machineName(machines, runtime);
  return {
    isRust: namesOfRust.some((rustName) => runtime.field(rustName) !== undefined),
    hypervisor: name === undefined ? undefined : hypervisorOf(machines.part(name), name),
    machine: name === undefined ? machines : machines.part(name),
    runtime,
    image: root.part("image"),
  };
}

function machineName(machines: Reader, runtime: Reader): string | undefined {
  const names = Object.keys(machines.record());
  const [first, second] = names;
  const named = runtime.filled("hypervisor_name");
  if (named && !machines.field(named.text())) return named.refuseWord(named.text(), names, "no-such-table");
  if (named) return named.text();
  // Go's runtime would use any one of them.
  return second === undefined ? first : machines.refuse("several-hypervisors", "");
}

function hypervisorOf(machine: Reader, name: string): Sandbox["hypervisor"] {
  return new Reader(machine.format, name, machine.path).word(hypervisorWords);
}

function textsOf(texts: unknown): string[] {
  const given = new Reader("configuration.toml", texts);
  return Array.isArray(texts) ? given.items().map(textOf) : refuseType(given, "text or array of texts");
}

function textOf(item: Reader): string {
  return typeof item.value === "string" ? item.value : refuseType(item, "text");
}

function refuseType(given: Reader, expected: string): never {
  return given.refuse("wrong-type", ArrayBuffer.isView(given.value) ? "text, and no bytes," : expected);
}

// As both runtimes of Kata have it: tables are merged, what else is there is exchanged whole, lists too.
function mergedOf(texts: readonly string[]): unknown {
  return texts.map((text, at) => parsed(text, `[${at}]`)).reduce(merged, {});
}

function merged(base: unknown, dropIn: unknown): unknown {
  if (!isTable(base) || !isTable(dropIn)) return dropIn;
  const changes = Object.entries(dropIn).map(([key, value]) => [
    key,
    Object.hasOwn(base, key) ? merged(base[key], value) : value,
  ]);
  return Object.fromEntries([...Object.entries(base), ...changes]);
}

function isTable(value: unknown): value is Readonly<Record<string, unknown>> {
  return Object.prototype.toString.call(value) === "[object Object]";
}

function parsed(toml: string, path: string): unknown {
  try {
    return parse(toml, { integersAsBigInt: "asNeeded" });
  } catch (cause) {
    const { line, column } = cause instanceof TomlError ? cause : { line: 1, column: 1 };
    const [told = ""] = cause instanceof Error ? cause.message.split("\n") : [String(cause)];
    const subject = isPath(toml) ? pathAdvice : told;
    const problem = {
      format: "configuration.toml",
      code: "not-toml",
      path,
      subject,
      line,
      column,
    } as const;
    throw new FormatError(problem, { cause });
  }
}
