import { socketNameFault } from "./socket-path.ts";
import { hasVsock, type VsockAddress } from "./vsock.ts";

/** The address of a unix socket, or of a port in the guest behind a hybrid vsock's unix socket. */
export interface SocketAddress {
  /** As `node:net` takes it: an abstract name begins with NUL. */
  readonly path: string;
  /** The guest's port; undefined if nothing is said before ttrpc. */
  readonly port: number | undefined;
}

/** A text is no address. */
export class TtrpcAddressError extends TypeError {
  /** Always "TtrpcAddressError". */
  override readonly name = "TtrpcAddressError";
  /** The text that is no address. */
  readonly address: string;
  /** What is expected instead. */
  readonly reason: string;

  /** Of a text, and what is expected instead. */
  constructor(address: string, reason: string) {
    super(`Cannot connect to ${JSON.stringify(address)}: ${reason}`);
    this.address = address;
    this.reason = reason;
  }
}

// The highest number, 2^32-1, stands for any.
const LAST_PORT = 2 ** 32 - 2;

const forms =
  'has to be "unix://<path>", "unix://@<abstract name>", "remote://<path>", "hvsock://<path>:<port>", or "vsock://<cid>:<port>"';
const noVsock =
  "only Deno has vsock: connect to the hypervisor's hybrid vsock by hvsock://<path>:<port>, or by unix://<path> to a " +
  "relay's socket, or give TtrpcClient a stream of your own";

/**
 * The parts of an address.
 *
 * @throws {TtrpcAddressError} for a text that is no address, or an address that this runtime cannot connect to.
 */
export function parseAddress(address: string): SocketAddress | VsockAddress {
  const [, scheme = "", place = ""] = /^([a-z]+):\/\/([\s\S]*)$/.exec(String(address)) ?? [];
  switch (scheme) {
    case "unix":
      return {
        path: place.startsWith("@") ? abstractOf(address, place) : pathOf(address, place),
        port: undefined,
      };
    case "remote":
      return { path: pathOf(address, place), port: undefined };
    case "hvsock": {
      const [, path = "", port = ""] = /^([\s\S]*):(\d+)$/.exec(place) ?? [];
      if (port === "")
        throw new TtrpcAddressError(address, 'has to end with a port, as in "hvsock://<path>:<port>"');
      return { path: pathOf(address, path), port: portOf(address, Number(port)) };
    }
    case "vsock":
      return vsockOf(address, place);
    default:
      throw new TtrpcAddressError(String(address), forms);
  }
}

function pathOf(address: string, path: string): string {
  if (!path.startsWith("/")) throw new TtrpcAddressError(address, "its path has to be absolute");
  return named(address, path);
}

function abstractOf(address: string, name: string): string {
  if (name === "@") throw new TtrpcAddressError(address, "an abstract name has to follow the @");
  return `\0${named(address, name.slice(1))}`;
}

function named(address: string, name: string): string {
  const fault = socketNameFault(name);
  if (fault) throw new TtrpcAddressError(address, `its path ${fault.reason}`);
  return name;
}

function vsockOf(address: string, place: string): VsockAddress {
  if (!hasVsock()) throw new TtrpcAddressError(address, noVsock);
  const [, cid = "", port = ""] = /^(\d{1,10}):(\d+)$/.exec(place) ?? [];
  if (cid === "" || Number(cid) > LAST_PORT)
    throw new TtrpcAddressError(address, 'has to be two numbers, as in "vsock://<cid>:<port>"');
  return { cid: Number(cid), port: portOf(address, Number(port)) };
}

function portOf(address: string, port: number): number {
  if (port >= 1 && port <= LAST_PORT) return port;
  throw new TtrpcAddressError(address, `its port has to be from 1 to ${LAST_PORT}`);
}
