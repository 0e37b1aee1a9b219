// The job of apply.ts in C: what a plan's steps take from the lock on, for one container. Prints the median of the rounds in ms.
#define _GNU_SOURCE
#include "rounds.h"
#include "calls.h"
#include "share.h"
#include "sandbox.h"
#include "container.h"

static double round_ms(void) {
  prepare();
  see_sources();
  double start = now_ms();
  obey_container();
  double elapsed = now_ms() - start;
  cleanup();
  return elapsed;
}

int main(int argc, char **argv) { return run_rounds(argc, argv, round_ms); }
