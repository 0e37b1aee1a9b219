import assert from "node:assert/strict";
import test from "node:test";
import { parseAddress, TtrpcAddressError } from "../../ffi/ttrpc/address.ts";
import { ownRuntime } from "../support/runtimes.ts";

const long = `/${"x".repeat(106)}`;

test("addresses lead to a socket, and perhaps to a port behind it", () => {
  for (const [address, path, port] of [
    ["unix:///run/a.sock", "/run/a.sock", undefined],
    ["unix://@name", "\0name", undefined],
    ["unix://@/containerd-shim/é%20", "\0/containerd-shim/é%20", undefined],
    ["remote:///run/a:1024", "/run/a:1024", undefined],
    ["hvsock:///run/a.sock:1024", "/run/a.sock", 1024],
    ["hvsock:///run/a:1:4294967294", "/run/a:1", 4294967294],
    [`unix://${long}`, long, undefined],
  ] as const)
    assert.deepEqual(parseAddress(address), { path, port });
});

test("an address that leads nowhere is refused with what is expected", () => {
  const forms =
    'has to be "unix://<path>", "unix://@<abstract name>", "remote://<path>", "hvsock://<path>:<port>", or "vsock://<cid>:<port>"';
  for (const [address, reason] of [
    ["", forms],
    ["/run/a.sock", forms],
    ["tcp://127.0.0.1:1024", forms],
    ["UNIX:///run/a.sock", forms],
    ["mock:///run/a.sock", forms],
    [undefined, forms],
    ["unix://", "its path has to be absolute"],
    ["unix://run/a.sock", "its path has to be absolute"],
    ["unix://@", "an abstract name has to follow the @"],
    ["unix:///a\0b", "its path has to be text without NUL"],
    ["unix:///\ud800", "its path has to be text without NUL"],
    [`remote://${long}x`, "its path has to be at most 107 bytes long"],
    ["unix://@é".padEnd(200, "é"), "its path has to be at most 107 bytes long"],
    ["hvsock:///run/a.sock", 'has to end with a port, as in "hvsock://<path>:<port>"'],
    ["hvsock:///run/a.sock:x", 'has to end with a port, as in "hvsock://<path>:<port>"'],
    ["hvsock://a.sock:1024", "its path has to be absolute"],
    ["hvsock://@a:1024", "its path has to be absolute"],
    ["hvsock:///run/a.sock:0", "its port has to be from 1 to 4294967294"],
    ["hvsock:///run/a.sock:99999999999", "its port has to be from 1 to 4294967294"],
    ["hvsock:///run/a.sock:4294967295", "its port has to be from 1 to 4294967294"],
  ] as const) {
    const expected = new TtrpcAddressError(String(address), reason);
    assert.throws(() => parseAddress(address as string), expected, String(address));
  }
});

test("a virtual machine's own port is for Deno; Node says what will do instead", () => {
  if (ownRuntime === "node") {
    assert.throws(() => parseAddress("vsock://3:1024"), /only Deno has vsock: .*hvsock:\/\/<path>:<port>/);
    return;
  }
  assert.deepEqual(parseAddress("vsock://3:1024"), { cid: 3, port: 1024 });
  assert.throws(() => parseAddress("vsock://3:0"), /its port has to be from 1/);
  for (const address of [
    "vsock://3",
    "vsock://:1024",
    "vsock://-1:1024",
    "vsock://4294967295:1",
    "vsock://a:1",
  ])
    assert.throws(() => parseAddress(address), /has to be two numbers, as in "vsock:\/\/<cid>:<port>"/);
});
