import assert from "node:assert/strict";
import { mkdirSync, renameSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { AgentError } from "../../ffi/agent/agent-error.ts";
import { CopyError } from "../../ffi/mod.ts";
import { rejection } from "../support/errors.ts";
import { version } from "../support/watch/place.ts";
import { type VolumePlace, volumeTest } from "../support/watch/volume-place.ts";

// An agent does what it is asked, and the answer does not come.

function lose(place: VolumePlace, end: string): void {
  place.onAnswer = ({ path }) => {
    if (!path.endsWith(end)) return;
    place.onAnswer = () => {};
    const about = { request: "copyFile", path, trouble: "deadline", code: "DEADLINE_EXCEEDED" } as const;
    throw new AgentError({ ...about, reason: "no answer", sent: "all" });
  };
}

for (const generation of ["3.3", "4.0"] as const) {
  for (const end of ["/new", "/..data", "/a"]) {
    volumeTest(`an answer about ${end} that is lost is not missed: agent ${generation}`, async (make) => {
      const place = make({ generation });
      place.kubelet.write(version(1, "a", "b"));
      await place.volume.update();
      place.kubelet.write(version(2, "a", "b", "new"));
      lose(place, end);
      assert.ok((await rejection(place.volume.update())) instanceof CopyError);
      await place.volume.update();
      place.assertEqual(end);
    });
  }

  volumeTest(
    `a turn whose answer is lost is turned back with the volume: agent ${generation}`,
    async (make) => {
      const place = make({ generation });
      const { kubelet, volume } = place;
      const turn = (name: string) => {
        symlinkSync(name, join(kubelet.path, "..data_tmp"));
        renameSync(join(kubelet.path, "..data_tmp"), join(kubelet.path, "..data"));
      };
      kubelet.write(version(1, "a"));
      await volume.update();
      const first = String(kubelet.data);
      const second = "..2026_11_24_11_00_00.1";
      mkdirSync(join(kubelet.path, second));
      writeFileSync(join(kubelet.path, second, "a"), "v2 of a");
      turn(second);
      lose(place, "/..data");
      assert.ok((await rejection(volume.update())) instanceof CopyError);
      turn(first);
      await volume.update();
      place.assertEqual("turned back");
    },
  );
}
