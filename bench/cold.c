// The job of cold.ts in C: a sandbox, one container, its unsharing, and the end, once in one process.
#define _GNU_SOURCE
#include "rounds.h"
#include "calls.h"
#include "share.h"
#include "sandbox.h"
#include "container.h"

int main(int argc, char **argv) {
  check(argc == 3, "arguments are <directory> <shares>");
  directory = argv[1];
  shares = atoi(argv[2]);
  double start = now_ms();
  prepare();
  share_container();
  unshare_container();
  cleanup();
  printf("%f\n", now_ms() - start);
  return 0;
}
