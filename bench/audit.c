// One pass over all mounts of this namespace by listmount and statmount, asked for what audit needs of them. Prints the median of
// the rounds in ms.
#define _GNU_SOURCE
#include <errno.h>
#include <stdint.h>
#include <unistd.h>
#include "rounds.h"

#define LISTMOUNT 458
#define STATMOUNT 457
#define ALL_MOUNTS UINT64_MAX
#define MASK (0x1 | 0x2 | 0x8 | 0x10 | 0x20 | 0x200) // sb_basic, mnt_basic, mnt_root, mnt_point, fs_type, sb_source
#define PAGE 1024

struct request {
  uint32_t size, spare;
  uint64_t mount, param;
};

static int pass(void) {
  static uint64_t ids[PAGE];
  static char answer[4096];
  struct request list = {sizeof list, 0, ALL_MOUNTS, 0};
  int mounts = 0;
  for (;;) {
    long count = syscall(LISTMOUNT, &list, ids, PAGE, 0);
    check(count >= 0, "listmount takes Linux 6.8");
    for (long i = 0; i < count; i++) {
      struct request one = {sizeof one, 0, ids[i], MASK};
      mounts += syscall(STATMOUNT, &one, answer, sizeof answer, 0) == 0;
    }
    if (count < PAGE) return mounts;
    list.param = ids[PAGE - 1];
  }
}

int main(int argc, char **argv) {
  check(argc == 4, "arguments are <mounts> <rounds> <warm-up rounds>");
  int rounds = atoi(argv[2]);
  for (int i = 0; i < atoi(argv[3]); i++) check(pass() >= atoi(argv[1]), "there are not so many mounts");
  double times[rounds];
  for (int i = 0; i < rounds; i++) {
    double start = now_ms();
    pass();
    times[i] = now_ms() - start;
  }
  printf("%f\n", median(times, rounds));
  return 0;
}
