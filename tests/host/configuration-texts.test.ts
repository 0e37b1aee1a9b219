import assert from "node:assert/strict";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { configurationTexts } from "../../ffi/mod.ts";
import { mountTest, type Scratch } from "../support/scratch.ts";

function write(scratch: Scratch, files: Readonly<Record<string, string>>): string {
  mkdirSync(`${scratch.path}/kata/config.d`, { recursive: true });
  for (const [name, text] of Object.entries(files)) writeFileSync(`${scratch.path}/kata/${name}`, text);
  return `${scratch.path}/kata/configuration.toml`;
}

mountTest(
  "a configuration is read with its drop-ins, in the order of their names' bytes",
  async (scratch) => {
    const names = ["é.toml", "a", ".hidden", "10-b.toml", "9-a.toml", "B.toml", "\u{1f600}", "\uff5e"];
    const dropIns = Object.fromEntries(names.map((name) => [`config.d/${name}`, name]));
    const path = write(scratch, { "configuration.toml": "base", ...dropIns });
    const ordered = [".hidden", "10-b.toml", "9-a.toml", "B.toml", "a", "é.toml", "\uff5e", "\u{1f600}"];
    assert.deepEqual(await configurationTexts(path), ["base", ...ordered]);
  },
);

mountTest("a configuration behind a link has the drop-ins of the file, not of the link", async (scratch) => {
  const path = write(scratch, { "configuration.toml": "base", "config.d/1": "one" });
  mkdirSync(`${scratch.path}/etc/config.d`, { recursive: true });
  writeFileSync(`${scratch.path}/etc/config.d/2`, "two");
  symlinkSync(path, `${scratch.path}/etc/configuration.toml`);
  assert.deepEqual(await configurationTexts(`${scratch.path}/etc/configuration.toml`), ["base", "one"]);
});

mountTest(
  "without config.d there are no drop-ins; what cannot be read is told by its path",
  async (scratch) => {
    const path = `${scratch.path}/alone.toml`;
    await assert.rejects(configurationTexts(path), { code: "ENOENT", path });
    writeFileSync(path, "base");
    assert.deepEqual(await configurationTexts(path), ["base"]);
    await assert.rejects(configurationTexts(`${path}/configuration.toml`), {
      message: `Cannot read "${path}/configuration.toml": ENOTDIR (a file is where a directory is expected)`,
    });
    const directory = `${scratch.path}/config.d/inner`;
    mkdirSync(directory, { recursive: true });
    await assert.rejects(configurationTexts(path), {
      name: "ConfigurationFileError",
      ...{ code: "EISDIR", path: directory },
      message: `Cannot read "${directory}": EISDIR (it is a directory; only files may be here)`,
    });
  },
);
