import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { Child } from "../support/child.ts";
import { commandOf, libcNames } from "../support/runtimes.ts";
import { mountTest } from "../support/scratch.ts";

for (const name of libcNames) {
  mountTest(
    `a worker thread shares by ${name} without a warning: descriptors are closed by who opened them`,
    async (scratch) => {
      const directory = scratch.directory("worker");
      const child = new Child([...commandOf("in-worker"), name, directory]);
      const { code, signal, stdout, stderr } = await child.end();
      assert.deepEqual(
        { code, signal, stdout, stderr },
        { code: 0, signal: null, stdout: `${name} in a worker, left open []\n`, stderr: "" },
      );
      assert.deepEqual(readdirSync(`${directory}/sandboxes`), []);
    },
  );
}
