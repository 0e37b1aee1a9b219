import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { env } from "node:process";
import { packageRoot } from "../support/package-root.ts";
import { mountTest } from "../support/scratch.ts";

// What `npm start` prints, which is the first that a stranger sees.

const printed = () =>
  execFileSync(env.GUESTSHARE_TEST_NODE ?? "node", [join(packageRoot, "dist/examples/start.js")], {
    ...{ encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] },
  });

mountTest(
  "the first minute explains its words, and shows what the command does and what the guest sees",
  () => {
    const text = printed();
    for (const word of ["guard", "hub", "view", "use", "mark", "outcome"])
      assert.match(text, new RegExp(`^  ${word} +\\w`, "m"));
    const calls = [...text.matchAll(/^\$ guestshare (\w+)/gm)].map(([, name]) => name);
    assert.deepEqual(calls, ["plan", "apply", "plan", "apply", "list", "audit", "cleanup"]);
    assert.match(text, /^ {2}the config, which is shared read-only: refused, EROFS$/m);
    assert.match(text, /^ {2}the data, which is shared writable: written$/m);
    assert.match(
      text,
      /^ {2}virtio-fs +kataShared +virtiofs +\/run\/kata-containers\/shared\/containers\/$/m,
    );
    const [, seen = ""] = /^What the guest sees.*\n([\s\S]*?)\n\n/m.exec(text) ?? [];
    assert.match(seen, /-app\.conf: greeting = hello$/m);
    assert.doesNotMatch(seen, /\.users/, "the guest is shown what the host keeps for itself");
    assert.match(text, /^Nothing is wrong\.$/m);
    assert.match(
      text,
      /^Nothing is left: .*\n\nTry next, .*\n {2}alias guestshare="node .*guestshare\.js"\n/m,
    );
    assert.match(text, /\n {2}guestshare run .*\n\n`npm run guest` is `guestshare run \.`: .*\n$/);
  },
);
