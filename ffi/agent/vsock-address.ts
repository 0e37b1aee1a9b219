/** A port of a virtual machine, by the machine's context id. */
export interface VsockAddress {
  readonly cid: number;
  readonly port: number;
}
