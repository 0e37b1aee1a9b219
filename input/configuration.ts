import { parse, TomlError } from "smol-toml";
import type { Sandbox } from "../wasm/types.ts";
import { FormatError } from "./format-error.ts";
import { hypervisorWords } from "./kata-words.ts";
import { isPath, pathAdvice } from "./path-advice.ts";
import { Reader } from "./reader.ts";

/** The parts of a configuration.toml that concern sharing. */
export interface Configuration {
  /** Whether it is for runtime-rs, whose configurations name their components. Otherwise it is for the Go runtime. */
  readonly isRust: boolean;
  /** The hypervisor; undefined if the configuration has no table of one. */
  readonly hypervisor: Sandbox["hypervisor"];
  /** The table of the hypervisor. */
  readonly machine: Reader;
  readonly runtime: Reader;
  readonly image: Reader;
}

const namesOfRust = ["hypervisor_name", "agent_name", "name"];

/** Reads a configuration from one text, or from a base and its drop-ins, which are merged over it key by key. */
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
  // The Go runtime would use any of them.
  return second === undefined ? first : machines.refuse("several-hypervisors", "");
}

function hypervisorOf(machine: Reader, name: string): Sandbox["hypervisor"] {
  return new Reader(machine.format, name, machine.path).word(hypervisorWords);
}

function textsOf(texts: unknown): string[] {
  const reader = new Reader("configuration.toml", texts);
  return Array.isArray(texts) ? reader.items().map(textOf) : refuseType(reader, "text or array of texts");
}

function textOf(item: Reader): string {
  return typeof item.value === "string" ? item.value : refuseType(item, "text");
}

function refuseType(reader: Reader, expected: string): never {
  return reader.refuse("wrong-type", ArrayBuffer.isView(reader.value) ? "text instead of bytes" : expected);
}

// As in both of Kata's runtimes, tables are merged, and all other values are replaced, arrays too.
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
    const [message = ""] = cause instanceof Error ? cause.message.split("\n") : [String(cause)];
    const subject = isPath(toml) ? pathAdvice : message;
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
