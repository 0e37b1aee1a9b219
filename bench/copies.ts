import { type Figure, figure, ratio } from "./figures.ts";
import { inTurn } from "./in-turn.ts";
import { compile, deno, node, numberFrom } from "./programs.ts";
import { must, type Room } from "./room.ts";
import { largeFile, makeTrees, type TreeName, treePath, withGuest } from "./trees.ts";

/** One copy of a tree by copy.ts, in a process of its own. */
interface Copy {
  readonly runtime: "node" | "deno";
  readonly what: "time" | "memory";
  readonly tree: TreeName;
  readonly window?: number;
  readonly delayMs?: number;
}

const runtimes = ["node", "deno"] as const;
const commands = {
  node: { program: node("copy"), libc: "ffi-rs" },
  deno: { program: deno("copy"), libc: "deno" },
};

/** Copies trees to an agent in C, and measures it. */
export class Copies {
  readonly #room: Room;
  readonly #agent: string;

  /** Makes the trees in the room. */
  constructor(room: Room) {
    this.#room = room;
    this.#agent = compile("agent", room);
    makeTrees(room);
  }

  figures(): Figure[] {
    for (const runtime of runtimes) {
      for (const tree of ["small", "many", "big"] as const) this.#check({ runtime, what: "time", tree });
    }
    return [
      ...this.#againstSerial("small", { runs: 7, delayMs: 0 }),
      ...this.#againstSerial("delayed", { runs: 3, delayMs: 2 }),
      ...this.#againstPipe(),
      ...this.#memory("big"),
      ...this.#memory("many"),
    ];
  }

  // The reference sends one request at a time.
  #againstSerial(name: string, { runs, delayMs }: { runs: number; delayMs: number }): Figure[] {
    const copy = { what: "time", tree: "small", delayMs } as const;
    const times = inTurn(
      new Map(
        runtimes.flatMap((runtime) => [
          [`copy.${runtime}.${name}.ms`, () => this.#run({ ...copy, runtime })],
          [`copy.${runtime}.${name}.serial_ms`, () => this.#run({ ...copy, runtime, window: 1 })],
        ]),
      ),
      runs,
    );
    return [
      ...[...times.keys()].map((key) => figure(key, times, "ms")),
      ...runtimes.map((runtime) => {
        const prefix = `copy.${runtime}.${name}`;
        return ratio(`${prefix}.vs_serial`, times.get(`${prefix}.ms`), times.get(`${prefix}.serial_ms`));
      }),
    ];
  }

  #againstPipe(): Figure[] {
    const pipe = [...node("pipe"), largeFile(this.#room)];
    const times = inTurn(
      new Map([
        ["copy.pipe.ms", () => withGuest(this.#room, (guest) => numberFrom([...pipe, `${guest}/socket`]))],
        ...runtimes.map((runtime): [string, () => number] => [
          `copy.${runtime}.big.ms`,
          () => this.#run({ runtime, what: "time", tree: "big" }),
        ]),
      ]),
      7,
    );
    return [
      ...[...times.keys()].map((key) => figure(key, times, "ms")),
      ...runtimes.map((runtime) =>
        ratio(`copy.${runtime}.big.vs_pipe`, times.get(`copy.${runtime}.big.ms`), times.get("copy.pipe.ms")),
      ),
    ];
  }

  #memory(tree: TreeName): Figure[] {
    const found = inTurn(
      new Map(
        runtimes.map((runtime) => [
          `copy.${runtime}.${tree}.rss_mib`,
          () => this.#run({ runtime, what: "memory", tree }),
        ]),
      ),
      3,
    );
    return [...found.keys()].map((key) => figure(key, found, "MiB"));
  }

  #run(copy: Copy): number {
    return withGuest(this.#room, (guest) => numberFrom(this.#command(copy, guest)));
  }

  // The copy has to be equal to its source.
  #check(copy: Copy): void {
    withGuest(this.#room, (guest) => {
      numberFrom(this.#command(copy, guest));
      must("diff", "-r", treePath(this.#room, copy.tree), `${guest}/shared/tree`);
    });
  }

  #command({ runtime, what, tree, window = 64, delayMs = 0 }: Copy, guest: string): string[] {
    const { program, libc } = commands[runtime];
    const source = treePath(this.#room, tree);
    return [...program, what, libc, this.#agent, guest, source, String(window), String(delayMs)];
  }
}
