/* Calls that look: a directory's names, a file's content, and a whole tree with both. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "calls.h"

/* All bytes of a file, however large its size says it is: files of proc and sysfs have none. */
static char *content_of(const char *path, size_t *length) {
  char *bytes = NULL, piece[65536];
  const int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return NULL;
  FILE *all = open_memstream(&bytes, length);
  ssize_t count = 0;
  while ((count = read(fd, piece, sizeof piece)) > 0) fwrite(piece, 1, (size_t)count, all);
  const int error = errno;
  fclose(all);
  close(fd);
  if (count == 0) return bytes;
  free(bytes);
  errno = error;
  return NULL;
}

static const char *kind_of(mode_t mode) {
  if (S_ISREG(mode)) return "file";
  if (S_ISDIR(mode)) return "directory";
  if (S_ISLNK(mode)) return "link";
  return S_ISSOCK(mode) ? "socket" : S_ISFIFO(mode) ? "fifo" : "device";
}

static int write_content(const char *path, FILE *out) {
  size_t length = 0;
  char *bytes = content_of(path, &length);
  if (!bytes) return -1;
  write_bytes(out, bytes, length);
  free(bytes);
  return 0;
}

static int not_a_dot(const struct dirent *entry) {
  return strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
}

static int by_bytes(const struct dirent **a, const struct dirent **b) {
  return strcmp((*a)->d_name, (*b)->d_name);
}

/* Calls `use` with each name in a directory, sorted by its bytes, until it gives other than 0. */
static int each_name(const char *path, int (*use)(const char *, int, void *), void *with) {
  struct dirent **entries = NULL;
  const int count = scandir(path, &entries, not_a_dot, by_bytes);
  if (count < 0) return -1;
  int result = 0;
  for (int at = 0; at < count; at++) {
    if (result == 0) result = use(entries[at]->d_name, at, with);
    free(entries[at]);
  }
  free(entries);
  return result;
}

struct place {
  const char *path; /* in the guest */
  const char *name; /* from the tree's root on */
  FILE *out;
};

static int write_entry(const char *path, const char *name, FILE *out);

static int write_child(const char *child, int at, void *with) {
  (void)at;
  const struct place *parent = with;
  char path[PATH_MAX * 2], name[PATH_MAX * 2];
  snprintf(path, sizeof path, "%s/%s", parent->path, child);
  snprintf(name, sizeof name, "%s/%s", parent->name, child);
  fputc(',', parent->out);
  return write_entry(path, name, parent->out);
}

/* {"name": "./a", "kind": "file", "mode": "0644", "uid": 0, "gid": 0, "content": "…"} */
static int write_entry(const char *path, const char *name, FILE *out) {
  struct stat stat;
  if (lstat(path, &stat) != 0) return -1;
  fputs("{\"name\":", out);
  write_text(out, name);
  fprintf(out, ",\"kind\":\"%s\",\"mode\":\"%04o\",\"uid\":%u,\"gid\":%u", kind_of(stat.st_mode), stat.st_mode & 07777,
          stat.st_uid, stat.st_gid);
  if (S_ISREG(stat.st_mode)) {
    fputs(",\"content\":", out);
    if (write_content(path, out) != 0) return -1;
  }
  if (S_ISLNK(stat.st_mode)) {
    char target[PATH_MAX];
    const ssize_t length = readlink(path, target, sizeof target);
    if (length < 0) return -1;
    fputs(",\"content\":", out);
    write_bytes(out, target, (size_t)length);
  }
  fputc('}', out);
  struct place place = {path, name, out};
  return S_ISDIR(stat.st_mode) ? each_name(path, write_child, &place) : 0;
}

static int make_tree(const struct text *a, int count, FILE *out) {
  (void)count;
  fputc('[', out);
  if (write_entry(a[0].bytes, ".", out) != 0) return -1;
  fputc(']', out);
  return 0;
}

static int make_read(const struct text *a, int count, FILE *out) {
  (void)count;
  return write_content(a[0].bytes, out);
}

static int write_name(const char *name, int at, void *out) {
  if (at > 0) fputc(',', out);
  write_text(out, name);
  return 0;
}

static int make_names(const struct text *a, int count, FILE *out) {
  (void)count;
  fputc('[', out);
  if (each_name(a[0].bytes, write_name, out) != 0) return -1;
  fputc(']', out);
  return 0;
}

const struct named_call tree_calls[] = {
    {"tree", 1, make_tree}, {"read", 1, make_read}, {"names", 1, make_names}, {0}};
