// Preloaded into a reader: the clock on the wall is as many seconds off as the file named by CLOCK_OFF_BY says. Other clocks are not.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static long offset(void) {
  char text[32];
  const char *path = getenv("CLOCK_OFF_BY");
  int descriptor = path == NULL ? -1 : open(path, O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return 0;
  ssize_t length = read(descriptor, text, sizeof text - 1);
  close(descriptor);
  if (length <= 0) return 0;
  text[length] = 0;
  return atol(text);
}

int clock_gettime(clockid_t clock, struct timespec *target) {
  static int (*real)(clockid_t, struct timespec *);
  if (real == NULL) real = dlsym(RTLD_NEXT, "clock_gettime");
  int failed = real(clock, target);
  if (!failed && clock == CLOCK_REALTIME) target->tv_sec += offset();
  return failed;
}

int gettimeofday(struct timeval *target, void *zone) {
  static int (*real)(struct timeval *, void *);
  if (real == NULL) real = dlsym(RTLD_NEXT, "gettimeofday");
  int failed = real(target, zone);
  if (!failed) target->tv_sec += offset();
  return failed;
}
