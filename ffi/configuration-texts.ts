import { Buffer } from "node:buffer";
import { dirname, join } from "node:path";

const reasons: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file",
  EISDIR: "it is a directory; only files may be here",
  ENOTDIR: "a file is where a directory is expected",
  EACCES: "this user may not read it",
};

/** A file of a configuration, or what a pod's bundle names, cannot be read. */
export class ConfigurationFileError extends Error {
  /** Always "ConfigurationFileError". */
  override readonly name = "ConfigurationFileError";
  /** Which file. */
  readonly path: string;
  /** Such as "EISDIR". */
  readonly code: string;

  /** Of a path and an errno's name; the message is written from both. */
  constructor(path: string, code: string, options?: ErrorOptions) {
    super(`Cannot read ${JSON.stringify(path)}: ${code} (${reasons[code] ?? "see the cause"})`, options);
    this.path = path;
    this.code = code;
  }
}

/**
 * The texts of a configuration.toml and of its drop-ins, for `sandboxOf` and `annotationsAllowedBy`: the files in `config.d`
 * beside it, in the order of their names. As in Kata, links to the configuration are followed first, each file in that
 * directory counts, whatever its name, and without the directory there are no drop-ins.
 *
 * @throws {ConfigurationFileError} with the path of what cannot be read, such as a directory in `config.d`.
 *
 * @example
 * ```ts
 * import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
 * import { sandboxOf } from "guestshare/configuration";
 * import { configurationTexts } from "guestshare/host";
 *
 * const directory = mkdtempSync("/tmp/kata-");
 * mkdirSync(`${directory}/config.d`);
 * writeFileSync(`${directory}/configuration.toml`, '[hypervisor.qemu]\nshared_fs = "virtio-fs"\n');
 * writeFileSync(`${directory}/config.d/50-own.toml`, '[hypervisor.qemu]\nshared_fs = "none"\n');
 * const texts = await configurationTexts(`${directory}/configuration.toml`);
 * console.log(sandboxOf(texts, { id: "s1" }).sharedFs); // none
 * rmSync(directory, { recursive: true });
 * ```
 */
export async function configurationTexts(path: string): Promise<string[]> {
  const { readFile, realpath } = await import("node:fs/promises");
  const base = await reading<string>(path, (path) => realpath(path));
  const directory = join(dirname(base), "config.d");
  const paths = [base, ...(await filesIn(directory))];
  const texts: string[] = [];
  // One after the other: where one cannot be read, none is still being read.
  for (const path of paths) texts.push(await reading<string>(path, (path) => readFile(path, "utf8")));
  return texts;
}

async function filesIn(directory: string): Promise<string[]> {
  const { readdir } = await import("node:fs/promises");
  try {
    const names = await reading<string[]>(directory, (path) => readdir(path));
    // By their bytes, as both runtimes of Kata have it.
    names.sort((one, other) => Buffer.compare(Buffer.from(one), Buffer.from(other)));
    return names.map((name) => join(directory, name));
  } catch (error) {
    if (error instanceof ConfigurationFileError && error.code === "ENOENT") return [];
    throw error;
  }
}

/** What reading a file gives; a failure with its path. */
export async function reading<T>(path: string, read: (path: string) => Promise<T>): Promise<T> {
  try {
    return await read(path);
  } catch (cause) {
    throw new ConfigurationFileError(path, (cause as NodeJS.ErrnoException).code ?? "", { cause });
  }
}
