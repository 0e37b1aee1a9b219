import type { JSX } from "preact";
import { escaped, type Row } from "../../picture/mod.ts";
import { endingOf } from "../input/ending.ts";
import type { Drawing } from "../input/predicted.ts";
import { remainsOf } from "../picture/remains.ts";
import { core, lastGood } from "../state.ts";
import { PlanSteps } from "./plan-steps.tsx";

/** What is left when the pod ends, and when nobody takes anything back. */
export function Ending({ drawing }: { readonly drawing: Drawing }): JSX.Element {
  const { picture } = lastGood.value ?? {};
  const { written = [], read = [], gone = [] } = picture ? remainsOf(picture) : {};
  return (
    <div class="ending">
      <p>
        After an ordinary end nothing of guestshare is left: no mount, no file, and no directory of its own.
      </p>
      <AfterCrash drawing={drawing} />
      <h3>What stays on the host</h3>
      <p>
        All sources: guestshare removes nothing in them. Others may do so later: the kubelet removes an
        emptyDir with its pod, and containerd a root filesystem with its container.
      </p>
      <Rows title="The guest could write to these, and what it wrote stays" rows={written} />
      <Rows title="The guest could not change these" rows={read} />
      <h3>What goes with the guest</h3>
      <p>All that is in its memory.</p>
      <Rows title="Copies, and what the guest makes" rows={gone} />
      <TakenBack drawing={drawing} />
    </div>
  );
}

function TakenBack({ drawing }: { readonly drawing: Drawing }): JSX.Element {
  const ending = core.value ? endingOf(core.value, drawing.planned) : [];
  return (
    <>
      <h3>What takes it back, in order</h3>
      <p>
        Each container as it ends: a share that another container uses stays until that one ends, too. Then
        the sandbox, with whatever is left in it. A step that finds nothing is no mistake:{" "}
        <code>staging</code> is there only while submounts are left out of a share, or if a process died
        meanwhile.
      </p>
      <PlanSteps planned={ending} />
    </>
  );
}

function AfterCrash({ drawing: { planned, table } }: { readonly drawing: Drawing }): JSX.Element {
  const directories = [...new Set(planned.map(({ plan }) => plan.directory))];
  return (
    <>
      <h3>What is left after a crash</h3>
      <p>
        If the runtime or the guest is gone and nobody takes anything back, {table.length} mounts stay on the
        host: those of the predicted mount table. They stay until the machine restarts, or until one of these
        commands:
      </p>
      <ul>
        {directories.map((directory) => (
          <li key={directory}>
            <code>{escaped(commandFor(directory))}</code> removes them
          </li>
        ))}
        <li>
          <code>guestshare gc</code> finds all sandboxes whose guests are dead, and removes them with{" "}
          <code>--yes</code>
        </li>
      </ul>
    </>
  );
}

const usual = "/run/kata-containers/shared/sandboxes";

function commandFor(directory: string): string {
  const end = directory.lastIndexOf("/");
  const where = directory.slice(0, end);
  const hostDir = where === usual ? "" : ` --host-dir ${where}`;
  return `guestshare cleanup --id ${directory.slice(end + 1)}${hostDir}`;
}

// More of them nobody reads.
const MOST_ROWS = 100;

function Rows({ title, rows }: { readonly title: string; readonly rows: readonly Row[] }): JSX.Element {
  return (
    <>
      <p>
        {title}: {rows.length === 0 && "none"}
      </p>
      <ul>
        {rows.slice(0, MOST_ROWS).map(({ id, path, label }) => (
          <li key={id}>
            <code>{escaped(path ?? label)}</code>
          </li>
        ))}
        {rows.length > MOST_ROWS && <li>and {rows.length - MOST_ROWS} more</li>}
      </ul>
    </>
  );
}
