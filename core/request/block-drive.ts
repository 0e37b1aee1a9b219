import { JsonReader } from "../json/read";
import { Text } from "../text";
import { readWord } from "./values";

export enum BlockKind { Block, VhostUserBlk }
const KINDS: StaticArray<string> = ["block", "vhost-user-blk"];

/** A disk of the virtual machine, with the addresses by which its guest can find it (Kata's config.BlockDrive). */
@final @unmanaged
export class BlockDrive {
  kind: BlockKind = BlockKind.Block;
  pciPath: Text | null = null;
  virtPath: Text | null = null;
  devNo: Text | null = null;
  scsiAddr: Text | null = null;
  nvdimmId: Text | null = null;
  format: Text = Text.empty;
  pmem: bool = false;
}

/** Reads a disk. */
export function readBlockDrive(json: JsonReader): BlockDrive {
  const drive = new BlockDrive();
  json.object();
  while (json.field()) {
    if (json.is("kind")) drive.kind = readWord(json, KINDS);
    else if (json.is("pciPath")) drive.pciPath = json.text();
    else if (json.is("virtPath")) drive.virtPath = json.text();
    else if (json.is("devNo")) drive.devNo = json.text();
    else if (json.is("scsiAddr")) drive.scsiAddr = json.text();
    else if (json.is("nvdimmId")) drive.nvdimmId = json.text();
    else if (json.is("format")) drive.format = json.text();
    else if (json.is("pmem")) drive.pmem = json.boolean();
    else json.unknownField();
  }
  return drive;
}
