// C because it must run before main, without a word in the program: a constructor. Not async-signal-safe.
//
// LAB_CPUPROFILE=path        profiles the whole run; `%p` in the path becomes the process id
// LAB_CPUPROFILE_RATE=hertz  at this rate, 100 by default
//
// The profile is written when the program returns from main or calls exit, whole or not at all. Whatever is wrong is
// said in one line on stderr, and the program runs on.
#include "include/lab_environment.h"
#include "include/lab_cpu.h"
#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static struct lab_environment_session session;
static pid_t owner;

static void complain(const char *format, ...) {
  char line[PATH_MAX + 256] = "LAB_CPUPROFILE: ";
  size_t used = strlen(line);
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(line + used, sizeof line - used - 1, format, arguments);
  va_end(arguments);
  strcat(line, "\n");
  if (write(STDERR_FILENO, line, strlen(line)) < 0) return;
}

/// Replaces `%p`, and makes the path independent of later changes of directory. False if it gets too long.
static bool expand(const char *pattern, char *path, size_t size) {
  size_t n = 0;
  if (*pattern != '/') {
    if (!getcwd(path, size)) return false;
    n = strlen(path);
    if (n + 1 < size) path[n++] = '/';
  }
  for (const char *c = pattern; *c; c++) {
    int written;
    if (c[0] == '%' && c[1] == 'p') {
      written = snprintf(path + n, size - n, "%d", (int)getpid());
      c++;
    } else {
      written = snprintf(path + n, size - n, "%c", *c);
    }
    n += (size_t)written;
    if (n >= size) return false;
  }
  return true;
}

/// Whether the file can be made at the end, as far as one can tell now.
static bool check(const char *path) {
  struct stat status;
  if (stat(path, &status) == 0 && S_ISDIR(status.st_mode)) {
    complain("%s is a directory; not profiling", path);
    return false;
  }
  char directory[PATH_MAX];
  snprintf(directory, sizeof directory, "%s", path);
  char *slash = strrchr(directory, '/');
  slash[slash == directory] = 0;
  if (access(directory, W_OK | X_OK) == 0) return true;
  complain("cannot write to %s: %s; not profiling", directory, strerror(errno));
  return false;
}

static const char *reason(enum lab_cpu_error error) {
  switch (error) {
  case LAB_CPU_ALREADY_RUNNING: return "a CPU profiler is already running";
  case LAB_CPU_SIGNAL_TAKEN: return "the program handles SIGPROF itself (another profiler?)";
  case LAB_CPU_NO_MEMORY: return "no memory";
  case LAB_CPU_NO_THREAD: return "no thread";
  case LAB_CPU_NO_TIMER: return strerror(lab_cpu_statistics().last_error);
  default: return "unknown error";
  }
}

static void finish(void) {
  // A child of fork that calls exit comes here too; the recording is its parent's.
  if (getpid() == owner && lab_environment_finish) lab_environment_finish(&session);
}

__attribute__((constructor)) static void begin(void) {
  const char *pattern = secure_getenv("LAB_CPUPROFILE"), *rate = secure_getenv("LAB_CPUPROFILE_RATE");
  if (!pattern || !*pattern) return;
  static char path[PATH_MAX];
  if (!expand(pattern, path, sizeof path)) {
    complain("the path is too long; not profiling");
    return;
  }
  session.path = path;
  session.hertz = 100;
  if (rate && *rate) {
    char *end;
    errno = 0;
    long hertz = strtol(rate, &end, 10);
    if (*end || errno || hertz < 1 || hertz > 1000) {
      complain("LAB_CPUPROFILE_RATE is '%s', which is not a rate from 1 to 1000; not profiling", rate);
      return;
    }
    session.hertz = (int)hertz;
  }
  if (!lab_environment_finish) {
    complain("this program has only half of the profiler; not profiling");
    return;
  }
  if (!check(path)) return;
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  session.began_at = (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
  enum lab_cpu_error error = lab_cpu_start(session.hertz);
  if (error != LAB_CPU_OK) {
    complain("%s; not profiling", reason(error));
    return;
  }
  owner = getpid();
  atexit(finish);
}
