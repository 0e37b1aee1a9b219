import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { execPath } from "node:process";
import { packageRoot } from "../support/package-root.ts";
import type { Mutant } from "./draw.ts";
import { mutated } from "./operators.ts";

/** What became of a mutant when it was built: "same" has the same bytes as without the mutation. */
export type Built = "built" | "refused" | "same";

/** A copy of the checkout, in which a mutant takes the place of one file. The working tree is left as it is. */
export class Checkout {
  readonly path: string;
  readonly #wasm: Buffer;

  /** Copies what git knows, as it is now, and builds it. */
  constructor() {
    this.path = mkdtempSync(join(tmpdir(), "guestshare-mutant-"));
    const listed = execFileSync("git", ["ls-files", "-z"], { cwd: packageRoot, encoding: "utf8" });
    for (const file of listed.split("\0").filter((name) => name !== "")) {
      mkdirSync(dirname(join(this.path, file)), { recursive: true });
      cpSync(join(packageRoot, file), join(this.path, file));
    }
    symlinkSync(join(packageRoot, "node_modules"), join(this.path, "node_modules"));
    this.#wasm = this.#read("wasm/core.wasm");
    if (!this.#compile()) throw new Error("Cannot build the checkout");
  }

  /** Puts a mutant in, does something with what is built of it, and takes it out again. */
  async with(mutant: Mutant, use: (built: Built) => Promise<void>): Promise<void> {
    const kept = [mutant.file, "wasm/core.wasm", "wasm/core-bytes.ts"].map(
      (file) => [file, this.#read(file)] as const,
    );
    try {
      this.#write(mutant.file, mutated(String(this.#read(mutant.file)), mutant));
      await use(this.#build(mutant.file));
    } finally {
      for (const [file, bytes] of kept) this.#write(file, bytes);
    }
  }

  #build(file: string): Built {
    if (file.startsWith("core/")) {
      if (!this.#run(execPath, "wasm/build.mjs")) return "refused";
      if (this.#read("wasm/core.wasm").equals(this.#wasm)) return "same";
    }
    return this.#compile() ? "built" : "refused";
  }

  #compile(): boolean {
    return this.#run("node_modules/.bin/tsc", "-p", ".") && this.#run(execPath, "bundle.mjs");
  }

  #run(program: string, ...args: string[]): boolean {
    return spawnSync(program, args, { cwd: this.path }).status === 0;
  }

  #read(file: string): Buffer {
    return readFileSync(join(this.path, file));
  }

  #write(file: string, content: string | Uint8Array): void {
    writeFileSync(join(this.path, file), content);
  }

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true });
  }
}
