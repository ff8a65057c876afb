/*
 * Times a command from its exec, without a runtime of its own in between:
 *
 *   stopwatch end COMMAND…     until it has ended
 *   stopwatch daemon COMMAND…  until the daemon that it starts, or becomes, runs; then it is stopped
 *   stopwatch caught COMMAND…  until it catches TERM; then it is stopped
 *
 * Prints nanoseconds and the peak of resident memory until then in KiB. Called by a daemon's name
 * it is the daemon: it tells on the named pipe $STOPWATCH when it began.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static long long now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1000000000LL + t.tv_nsec;
}

/* A field of /proc/PID/status; hexadecimal or decimal. -1 where it is not to be had. */
static long long status_field(pid_t pid, const char *name, int base) {
  char path[64], text[4096];
  snprintf(path, sizeof path, "/proc/%d/status", pid);
  int fd = open(path, O_RDONLY);
  if (fd < 0) return -1;
  ssize_t length = read(fd, text, sizeof text - 1);
  close(fd);
  if (length <= 0) return -1;
  text[length] = 0;
  char *at = strstr(text, name);
  return at == NULL ? -1 : strtoll(at + strlen(name), NULL, base);
}

static int be_daemon(int stays, long long began) {
  int fd = open(getenv("STOPWATCH"), O_WRONLY);
  if (write(fd, &began, sizeof began) != sizeof began) return 1;
  close(fd);
  if (stays) pause();
  return 0;
}

int main(int argc, char **argv) {
  long long began = now();
  if (strstr(argv[0], "curvine-server")) return be_daemon(0, began);
  if (strstr(argv[0], "curvine-fuse")) return be_daemon(1, began);
  if (argc < 3) return 64;

  int until_end = !strcmp(argv[1], "end"), until_daemon = !strcmp(argv[1], "daemon");
  /* Open for writing too, so that reading never finds the pipe at its end. */
  int pipe_fd = until_daemon ? open(getenv("STOPWATCH"), O_RDWR | O_CLOEXEC) : -1;
  long long from = now(), to = 0, peak = 0;
  pid_t pid = vfork();
  if (pid == 0) {
    execv(argv[2], argv + 2);
    _exit(127);
  }
  if (until_daemon) {
    if (read(pipe_fd, &to, sizeof to) != sizeof to) return 1;
    peak = status_field(pid, "VmHWM:", 10);
  } else if (!until_end) {
    /* A look waits for the other's memory map, and keeps it waiting: not too often. */
    while (!((status_field(pid, "SigCgt:", 16) >> (SIGTERM - 1)) & 1)) usleep(200);
    to = now();
    peak = status_field(pid, "VmHWM:", 10);
  }
  if (!until_end) kill(pid, SIGTERM);
  struct rusage usage;
  int status;
  wait4(pid, &status, 0, &usage);
  if (until_end) {
    to = now();
    peak = usage.ru_maxrss;
  }
  printf("%lld %lld\n", to - from, peak);
  return 0;
}
