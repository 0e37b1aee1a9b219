// The job of mounts.ts with one container, in C: as ours.c, the same system calls in the same order with the same checks.
#define _GNU_SOURCE
#include "rounds.h"
#include "calls.h"
#include "share.h"
#include "sandbox.h"
#include "container.h"

static void add(void) {
  prepare();
  share_container();
}

int main(int argc, char **argv) { return run(argc, argv, add, cleanup); }
