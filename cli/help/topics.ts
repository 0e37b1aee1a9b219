/** A part of the document of the command line. */
export interface Section {
  /** Its heading in lower case, with dashes for spaces: "plan-and-apply". */
  readonly name: string;
  /** Its text, with the heading. */
  readonly text: string;
}

// What somebody may ask for that is no heading and no command.
const others: Readonly<Record<string, string>> = {
  input: "what-a-command-is-given",
  mounts: "what-a-command-is-given",
  "exit-codes": "output",
  json: "output",
  columns: "what-is-there",
};

/** The sections of docs/command.md; a link is its words. */
export function sectionsOf(document: string): Section[] {
  return document
    .split(/^## /m)
    .slice(1)
    .map((section) => {
      const [heading = ""] = section.split("\n");
      const name = heading.toLowerCase().replaceAll(",", "").replaceAll(" ", "-");
      const text = section.trimEnd().replace(/\[([^\]]+)\]\([^)]+\)/g, "$1");
      return { name, text };
    });
}

/** The section about a topic: a heading, a command, or another word; undefined if there is none. */
export function sectionAbout(sections: readonly Section[], topic: string): Section | undefined {
  const name = others[topic] ?? topic;
  const opening = new RegExp(`^\`${topic}\\b`, "m");
  return (
    sections.find((section) => section.name === name) ??
    sections.find((section) => section.name.split("-").includes(name)) ??
    sections.find(({ text }) => opening.test(text))
  );
}

/** All words that name a topic, commands apart. */
export function topicsOf(sections: readonly Section[]): string[] {
  return [...sections.map(({ name }) => name), ...Object.keys(others)].sort();
}
