import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { packageRoot } from "../package-root.ts";

/** An object of Kubernetes, as far as every one has it. */
export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
}

// Where the types of Kubernetes' API have those that are used here.
const modules: Readonly<Record<string, string>> = {
  "apps/v1": "kubernetes-types/apps/v1",
  v1: "kubernetes-types/core/v1",
};

/**
 * What is wrong with objects by the types of Kubernetes' API, which are made from its schema: fields that it does not have, fields
 * that are missing, values of other types. "" if nothing is.
 */
export function wrongFields(objects: readonly KubernetesObject[]): string {
  const folder = mkdtempSync(join(tmpdir(), "guestshare-test-"));
  try {
    const code = objects.map(({ apiVersion, kind, ...fields }, i) => {
      const from = join(packageRoot, "node_modules", modules[apiVersion] ?? apiVersion);
      const literal = JSON.stringify({ apiVersion, kind, ...fields }, null, 1);
      return `import type { ${kind} as Kind${i} } from ${JSON.stringify(from)};\nexport const object${i}: Kind${i} = ${literal};\n`;
    });
    writeFileSync(join(folder, "objects.ts"), code.join("\n"));
    const compilerOptions = {
      module: "esnext",
      moduleResolution: "bundler",
      strict: true,
      noEmit: true,
      types: [],
    };
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, files: ["objects.ts"] }));
    const { stdout, stderr } = spawnSync(join(packageRoot, "node_modules/.bin/tsc"), ["-p", folder], {
      encoding: "utf8",
    });
    return stdout + stderr;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
