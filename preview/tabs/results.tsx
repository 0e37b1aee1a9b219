import { signal } from "@preact/signals";
import type { JSX } from "preact";
import { escaped } from "../../picture/mod.ts";
import type { Planned } from "../input/draw.ts";
import { type Drawing, isGuessed } from "../input/predicted.ts";
import { JsonList } from "../parts/json-view.tsx";
import { ScrollingText } from "../parts/scrolling-text.tsx";
import { StepWords } from "../parts/step-list.tsx";
import { type Tab, Tabs } from "../parts/tabs.tsx";
import { Ending } from "./ending.tsx";
import { MountRows } from "./mount-rows.tsx";
import { PlanSteps } from "./plan-steps.tsx";

type ResultTab = "steps" | "ending" | "storages" | "mounts" | "table" | "findings";

const open = signal<ResultTab>("steps");

/** What the plans say, as lists: steps, storages, mounts for the guest, and the mount table after them. */
export function Results({ drawing }: { readonly drawing: Drawing }): JSX.Element {
  const tabs = tabsOf(drawing);
  const name = tabs.some((tab) => tab.name === open.value) ? open.value : (tabs[0]?.name ?? "table");
  return (
    <Tabs
      label="Results"
      tabs={tabs}
      open={name}
      onOpen={(next) => {
        open.value = next;
      }}
    />
  );
}

function tabsOf(drawing: Drawing): Tab<ResultTab>[] {
  const { planned } = drawing;
  const title = planned.length > 0 ? "Predicted mount table" : "Mount table";
  const mountTable: Tab<ResultTab> = {
    name: "table",
    title,
    // A prediction is made when somebody looks at it.
    note: planned.length > 0 ? undefined : drawing.mounts.length,
    render: () => (
      <MountRows title={title} table={drawing.table} guessed={planned.length > 0 ? isGuessed : undefined} />
    ),
  };
  return planned.length > 0 ? [...tabsOfPlans(drawing), mountTable] : [findingsTab(drawing), mountTable];
}

function tabsOfPlans(drawing: Drawing): Tab<ResultTab>[] {
  const { planned } = drawing;
  const steps = planned.flatMap(({ plan }) => plan.steps);
  const storages = planned.flatMap(({ plan }) => [
    ...(plan.storages ?? []),
    ...(plan.shared?.storages ?? []),
  ]);
  const mounts = planned.flatMap(({ plan }) => plan.mounts ?? []);
  return [
    { name: "steps", title: "Steps", note: steps.length, render: () => <Steps planned={planned} /> },
    { name: "ending", title: "When it ends", render: () => <Ending drawing={drawing} /> },
    {
      name: "storages",
      title: "Storages",
      note: storages.length,
      render: () => <JsonList title="What the agent gets" list={storages} />,
    },
    {
      name: "mounts",
      title: "Rewritten mounts",
      note: mounts.length,
      render: () => <JsonList title="The mounts of the containers in the guest" list={mounts} />,
    },
  ];
}

function findingsTab({ findings, found }: Drawing): Tab<ResultTab> {
  const lines = findings.map(({ code, sandbox, target, why }) => `${sandbox}: ${code}  ${target}: ${why}`);
  const none = `Nothing is wrong with the ${found.length === 1 ? "sandbox" : `${found.length} sandboxes`}, as far as a mount table tells.`;
  const text = (lines.length > 0 ? lines : [none]).map(escaped).join("\n");
  return {
    name: "findings",
    title: "Findings",
    note: findings.length,
    render: () => <ScrollingText label="Findings" text={text} />,
  };
}

function Steps({ planned }: { readonly planned: readonly Planned[] }): JSX.Element {
  return (
    <>
      <StepWords steps={planned.flatMap(({ plan }) => plan.steps)} />
      <PlanSteps planned={planned} />
    </>
  );
}
