import { readFile } from "node:fs/promises";
import { nearestOf } from "../../words/nearest.ts";
import type { CommandRow, CommonOptions } from "../command.ts";
import { ExitCode } from "../exit-code.ts";
import { usageError } from "../failure.ts";
import { sectionAbout, sectionsOf, topicsOf } from "../help/topics.ts";
import type { Io } from "../io.ts";
import { jsonText } from "../print/json.ts";

// The document is beside the bundles of the package, and beside the sources.
const document = new URL("../../docs/command.md", import.meta.url);

/** `guestshare help [TOPIC]`: what docs/command.md says about a topic, or which topics there are. */
export async function help(
  io: Io,
  [topic]: readonly string[],
  { json }: CommonOptions,
  rows: readonly CommandRow[],
): Promise<number> {
  const sections = sectionsOf(await readFile(document, "utf8"));
  const names = rows.filter(({ isHidden }) => !isHidden).map(({ name }) => name);
  const topics = topicsOf(sections).filter((name) => !names.includes(name));
  if (topic === undefined) {
    const text = `Topics:\n  ${topics.join("\n  ")}\nCommands:\n  ${names.join("\n  ")}\n`;
    io.stdout.write(json ? jsonText({ topics, commands: names }) : text);
    return ExitCode.done;
  }
  const section = topics.includes(topic) || names.includes(topic) ? sectionAbout(sections, topic) : undefined;
  if (!section) {
    const nearest = nearestOf(topic, [...names, ...topics]);
    const next = nearest === undefined ? "see `guestshare help`, which has all topics" : `write ${nearest}`;
    throw usageError(`Cannot find a topic ${JSON.stringify(topic)}`, next);
  }
  const more = names.includes(topic) ? `\n\nIts options: guestshare ${topic} --help` : "";
  io.stdout.write(json ? jsonText({ topic, text: section.text }) : `${section.text}${more}\n`);
  return ExitCode.done;
}
