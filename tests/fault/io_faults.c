/* Fails one system call of a process on purpose: preloaded before libc, armed from Python by ctypes.
 *
 * Only calls on files below a folder count. The nth of a kind fails with an errno; a lasting fault
 * fails every following one as well (a full disk); a short write writes half of what it was given.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

enum { WRITE = 1, SYNC = 2, RENAME = 4, TRUNCATE = 8, SHORT = 16 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static char folder[PATH_MAX];
static int kinds, error_number, lasts;
static long nth, seen, fired;

void fault_arm(int kinds_, long nth_, int errno_, int lasts_, const char *folder_) {
  pthread_mutex_lock(&lock);
  kinds = kinds_, nth = nth_, error_number = errno_, lasts = lasts_, seen = fired = 0;
  snprintf(folder, sizeof folder, "%s", folder_);
  pthread_mutex_unlock(&lock);
}

/* Returns how often a call was made to fail. */
long fault_disarm(void) {
  pthread_mutex_lock(&lock);
  long result = fired;
  kinds = 0;
  pthread_mutex_unlock(&lock);
  return result;
}

static int is_inside(const char *path) {
  size_t length = strlen(folder);
  return length && strncmp(path, folder, length) == 0 && path[length] == '/';
}

static int strikes_path(int kind, const char *path) {
  int result = 0;
  pthread_mutex_lock(&lock);
  if ((kinds & kind) && is_inside(path)) {
    seen++;
    if (seen == nth || (lasts && seen > nth)) result = 1, fired++;
  }
  pthread_mutex_unlock(&lock);
  return result;
}

static int strikes(int kind, int file) {
  if (!(kinds & kind)) return 0;
  char link[64], path[PATH_MAX];
  snprintf(link, sizeof link, "/proc/self/fd/%d", file);
  ssize_t length = readlink(link, path, sizeof path - 1);
  if (length < 0) return 0;
  path[length] = 0;
  return strikes_path(kind, path);
}

#define REAL(name, type, ...) \
  static type (*real)(__VA_ARGS__); \
  if (!real) real = (type(*)(__VA_ARGS__))dlsym(RTLD_NEXT, name);

#define FAIL \
  { \
    errno = error_number; \
    return -1; \
  }

ssize_t write(int file, const void *data, size_t size) {
  REAL("write", ssize_t, int, const void *, size_t)
  if (strikes(WRITE, file)) FAIL
  if (size > 1 && strikes(SHORT, file)) return real(file, data, size / 2);
  return real(file, data, size);
}

ssize_t pwrite(int file, const void *data, size_t size, off_t at) {
  REAL("pwrite", ssize_t, int, const void *, size_t, off_t)
  if (strikes(WRITE, file)) FAIL
  if (size > 1 && strikes(SHORT, file)) return real(file, data, size / 2, at);
  return real(file, data, size, at);
}

ssize_t pwrite64(int file, const void *data, size_t size, off_t at) {
  REAL("pwrite64", ssize_t, int, const void *, size_t, off_t)
  if (strikes(WRITE, file)) FAIL
  if (size > 1 && strikes(SHORT, file)) return real(file, data, size / 2, at);
  return real(file, data, size, at);
}

int fsync(int file) {
  REAL("fsync", int, int)
  if (strikes(SYNC, file)) FAIL
  return real(file);
}

int fdatasync(int file) {
  REAL("fdatasync", int, int)
  if (strikes(SYNC, file)) FAIL
  return real(file);
}

int ftruncate(int file, off_t size) {
  REAL("ftruncate", int, int, off_t)
  if (strikes(TRUNCATE, file)) FAIL
  return real(file, size);
}

int ftruncate64(int file, off_t size) {
  REAL("ftruncate64", int, int, off_t)
  if (strikes(TRUNCATE, file)) FAIL
  return real(file, size);
}

int rename(const char *from, const char *to) {
  REAL("rename", int, const char *, const char *)
  if (strikes_path(RENAME, to)) FAIL
  return real(from, to);
}
