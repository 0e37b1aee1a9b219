// The other side of the copy benchmark: an agent that really writes. One thread, which takes CopyFile requests from any
// number of connections to a unix socket, does what Kata's agent does with them, and answers. So the figures are those of the
// copier, and not of a second garbage-collected program beside it.
//
//   cc -O2 -o agent bench/agent.c
//   ./agent <socket> <directory> [milliseconds]
//
// Paths below /run/kata-containers/shared/containers are written below the directory, which has to be there. With
// milliseconds each answer is held so long by a timer, as a guest's is by its distance; meanwhile the next requests are
// done. Without, all that came in one piece is answered in one. It says "ready" when it listens, and ends with its input.
#define _GNU_SOURCE
#include "agent-request.h"
#include "agent-files.h"
#include "agent-answers.h"
#include <arpa/inet.h>
#include <sys/un.h>

#define LONGEST_FRAME (4u << 20)
#define ROOM (HEADER + LONGEST_FRAME)

static int listener;

static void welcome(void) {
  int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
  if (fd < 0) return;
  struct connection *connection = calloc(1, sizeof *connection);
  if (!connection) abort();
  connection->in = room_for(NULL, ROOM);
  connection->fd = fd;
  watch(connection);
}

static void hang_up(struct connection *connection) {
  forget_answers_to(connection);
  close(connection->fd);
  free(connection->in);
  free(connection->out);
  free(connection);
}

static uint32_t length_in(const uint8_t *header) {
  uint32_t length;
  memcpy(&length, header, sizeof length);
  return ntohl(length);
}

// Does what whole frames ask; 0 for what is no frame.
static int take_frames(struct connection *connection) {
  enum { REQUEST = 1 };
  size_t at = 0;
  while (connection->filled - at >= HEADER) {
    const uint8_t *header = connection->in + at;
    uint32_t length = length_in(header);
    struct copy copy;
    if (length > LONGEST_FRAME || header[8] != REQUEST) return 0;
    if (connection->filled - at < HEADER + length) break;
    if (!copy_in(header + HEADER, length, &copy)) return 0;
    answer(connection, header + 4, obey(&copy) < 0 ? errno : 0);
    at += HEADER + length;
  }
  connection->filled -= at;
  if (at > 0) memmove(connection->in, connection->in + at, connection->filled);
  return 1;
}

// 0 where the connection is over.
static int serve(struct connection *connection, uint32_t events) {
  if (events & (EPOLLIN | EPOLLHUP | EPOLLERR)) {
    ssize_t count = recv(connection->fd, connection->in + connection->filled, ROOM - connection->filled, 0);
    if (count == 0 || (count < 0 && errno != EAGAIN)) return 0;
    if (count > 0) connection->filled += (size_t)count;
    if (!take_frames(connection)) return 0;
  }
  flush(connection);
  watch(connection);
  return 1;
}

static int listen_at(const char *path) {
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
  int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (bind(fd, (struct sockaddr *)&address, sizeof address) < 0 || listen(fd, 16) < 0) return -1;
  return fd;
}

static void watch_for_input(int *fd) {
  struct epoll_event event = { .events = EPOLLIN, .data.ptr = fd };
  epoll_ctl(loop, EPOLL_CTL_ADD, *fd, &event);
}

int main(int argc, char **argv) {
  if (argc < 3 || argc > 4) {
    fprintf(stderr, "arguments are <socket> <directory> [milliseconds]\n");
    return 2;
  }
  hold_ns = argc == 4 ? (uint64_t)(atof(argv[3]) * 1e6) : 0;
  umask(0);
  root = open(argv[2], O_DIRECTORY | O_CLOEXEC);
  listener = listen_at(argv[1]);
  loop = epoll_create1(EPOLL_CLOEXEC);
  timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
  if (root < 0 || listener < 0 || loop < 0 || timer < 0) {
    perror("agent");
    return 1;
  }
  static int input = STDIN_FILENO;
  int *others[] = { &input, &timer, &listener }; // their addresses mark them
  for (int i = 0; i < 3; i++) watch_for_input(others[i]);
  puts("ready");
  fflush(stdout);
  for (;;) {
    struct epoll_event events[64];
    int count = epoll_wait(loop, events, 64, -1);
    for (int i = 0; i < count; i++) {
      void *what = events[i].data.ptr;
      char byte;
      if (what == &listener) welcome();
      else if (what == &timer) release();
      else if (what == &input) { if (read(input, &byte, 1) <= 0) return 0; }
      else if (!serve(what, events[i].events)) hang_up(what);
    }
  }
}
