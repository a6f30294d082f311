// Preloaded into a reader: while the file named by FAILING_WHILE exists, every third read of a database fails as a broken disk does.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

static int fails(int descriptor) {
  static unsigned count;
  char link[64], path[4096];
  const char *flag = getenv("FAILING_WHILE");
  if (flag == NULL || access(flag, F_OK) != 0) return 0;
  snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
  ssize_t length = readlink(link, path, sizeof path - 1);
  if (length < 3) return 0;
  path[length] = 0;
  return strcmp(path + length - 3, ".db") == 0 && ++count % 3 == 0;
}

ssize_t pread64(int descriptor, void *target, size_t length, off64_t position) {
  static ssize_t (*real)(int, void *, size_t, off64_t);
  if (real == NULL) real = dlsym(RTLD_NEXT, "pread64");
  if (fails(descriptor)) { errno = EIO; return -1; }
  return real(descriptor, target, length, position);
}

ssize_t pread(int descriptor, void *target, size_t length, off_t position) {
  return pread64(descriptor, target, length, position);
}
