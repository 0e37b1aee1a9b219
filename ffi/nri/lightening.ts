import type { DescMessage } from "@bufbuild/protobuf";
import { checkOptionNames, type OptionNames } from "../ttrpc/option-names.ts";
import { LeftOut, type NriField } from "./left-out.ts";
import { takesMoreThan } from "./message-weight.ts";

/** What a message lacks that takes much memory: its event says `isLightened`. */
export interface NriLightening {
  /** How many bytes a message may take, roughly, of what is not left out anyway. */
  readonly aboveBytes: number;
  /** What it lacks if it takes more. */
  readonly leaveOut: readonly NriField[];
}

const names: OptionNames<NriLightening> = { aboveBytes: true, leaveOut: true };

/** Which messages are lightened, and how. */
export class Lightening {
  /** What a lightened message lacks. */
  readonly leftOut: LeftOut;
  readonly #aboveBytes: number;

  private constructor(aboveBytes: number, leftOut: LeftOut) {
    this.#aboveBytes = aboveBytes;
    this.leftOut = leftOut;
  }

  /** By a plugin's options; a TypeError for wrong ones. */
  static by(lighten: NriLightening, leaveOut: readonly NriField[] = []): Lightening {
    checkOptionNames(lighten, names);
    const { aboveBytes } = lighten;
    if (!(aboveBytes >= 1)) throw new TypeError(`aboveBytes has to be a number of bytes, not ${aboveBytes}`);
    return new Lightening(aboveBytes, LeftOut.by([...leaveOut, ...lighten.leaveOut]));
  }

  /** Whether it is for a message, as that is decoded usually. */
  isFor(schema: DescMessage, bytes: Uint8Array): boolean {
    return takesMoreThan(schema, bytes, this.#aboveBytes);
  }
}
