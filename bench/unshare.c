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

int main(int argc, char **argv) {
  check(argc == 5, "arguments are <directory> <shares> <rounds> <warm-up rounds>");
  directory = argv[1];
  shares = atoi(argv[2]);
  int rounds = atoi(argv[3]);
  for (int i = 0; i < atoi(argv[4]); i++) round_ms();
  double times[rounds];
  for (int i = 0; i < rounds; i++) times[i] = round_ms();
  printf("%f\n", median(times, rounds));
  return 0;
}
