// What takes back the shares of one container, in C: as container.c, the same system calls in the same order with the same
// checks. Prints the median of the rounds in ms; sharing and cleaning up are not in it.
#define _GNU_SOURCE
#include "rounds.h"
#include "calls.h"
#include "share.h"
#include "sandbox.h"
#include "container.h"

static double round_ms(void) {
  prepare();
  share_container();
  double start = now_ms();
  unshare_container();
  double elapsed = now_ms() - start;
  cleanup();
  return elapsed;
}

int main(int argc, char **argv) { return run_rounds(argc, argv, round_ms); }
