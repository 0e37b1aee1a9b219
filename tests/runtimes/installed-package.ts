import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { packageRoot } from "../support/package-root.ts";

/** The package as npm installs it from its tarball in an empty folder, with all that it depends on and nothing else. */
export class InstalledPackage {
  /** The folder. */
  readonly path: string = mkdtempSync(join(tmpdir(), "guestshare-test-"));

  constructor() {
    const pack = ["pack", "--ignore-scripts", "--silent", "--pack-destination", this.path];
    const tarball = execFileSync("npm", pack, { cwd: packageRoot, encoding: "utf8" }).trim();
    writeFileSync(join(this.path, "package.json"), '{ "private": true, "type": "module" }');
    const install = ["install", "--no-audit", "--no-fund", "--silent", `./${tarball}`];
    execFileSync("npm", install, { cwd: this.path, stdio: "inherit" });
  }

  remove(): void {
    rmSync(this.path, { recursive: true });
  }
}
