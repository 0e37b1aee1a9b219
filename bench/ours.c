// The job of mounts.ts with files of their own, in C: the same system calls in the same order with the same checks, and so the
// same mounts. What the class does beside them (planning, queues, undoing) is not here: this is the floor that it stands on.
#define _GNU_SOURCE
#include "rounds.h"
#include "calls.h"
#include "share.h"
#include "sandbox.h"

static void share_file(int hub, int number) {
  char path[4096], name[256];
  snprintf(path, sizeof path, "%s/sources/f%d", directory, number);
  snprintf(name, sizeof name, "c1-%016x-f%d", number, number);
  bind_source(open_source(path), hub, name, MOUNT_ATTR_RDONLY);
}

// ffi/turns.ts: calls that were started together share one hold of the lock, and ffi/linux/reach.ts one way to the hub.
static void share_files(void) {
  struct lock lock = take_lock(0);
  int sandbox = enter_sandbox(lock), hub = enter_hub(sandbox);
  for (int i = 0; i < shares; i++) share_file(hub, i);
  close_later(hub);
  release(lock);
}

static void add(void) {
  prepare();
  share_files();
}

int main(int argc, char **argv) { return run(argc, argv, add, cleanup); }
