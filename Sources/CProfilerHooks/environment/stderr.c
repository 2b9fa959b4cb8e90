// Says lines on stderr, from handlers too.
//
// Where stderr is closed, or descriptor 2 has become another file since the start, nothing is said: the line would land
// in whatever the program opened. A pipe that nobody reads and a limit of RLIMIT_FSIZE end no program. C because it is
// called in signal handlers. Asks the kernel only.
#include "lab_platform.h"
#if LAB_HAS_ENGINE
#include "environment/stderr.h"
#include "base/system_call.h"
#include <signal.h>
#include <stdarg.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

/// What descriptor 2 was at the start; of no file if it was closed.
static struct stat then;

void lab_stderr_note(void) {
  if (fstat(STDERR_FILENO, &then) != 0) then = (struct stat){0};
}

bool lab_stderr_is_as_before(void) {
  struct stat now;
  return fstat(STDERR_FILENO, &now) == 0 && now.st_dev == then.st_dev && now.st_ino == then.st_ino &&
         now.st_rdev == then.st_rdev;
}

// MARK: - Signals that come of writing

/// What the kernel sends to whoever writes into a pipe without a reader, or beyond RLIMIT_FSIZE.
static const int deadly[] = {SIGPIPE, SIGXFSZ};

static uint64_t bit(int number) { return 1ull << (number - 1); }

struct lab_shield lab_shield(void) {
  struct lab_shield shield = {0};
  uint64_t blocked = bit(SIGPIPE) | bit(SIGXFSZ), waiting = 0;
  lab_system_call(SYS_rt_sigprocmask, SIG_BLOCK, &blocked, shield.before, sizeof blocked);
  lab_system_call(SYS_rt_sigpending, &waiting, sizeof waiting);
  // These are the program's.
  for (int i = 0; i < 2; i++) shield.waited[i] = waiting & bit(deadly[i]);
  return shield;
}

void lab_unshield(const struct lab_shield *shield) {
  const struct timespec now = {0, 0};
  for (int i = 0; i < 2; i++) {
    uint64_t one = bit(deadly[i]);
    if (!shield->waited[i]) lab_system_call(SYS_rt_sigtimedwait, &one, NULL, &now, sizeof one);
  }
  lab_system_call(SYS_rt_sigprocmask, SIG_SETMASK, shield->before, NULL, sizeof(uint64_t));
}

// MARK: - Lines

enum { TEXTS = 16 };

void lab_say(const char *first, ...) {
  // No buffer: a handler may have little stack.
  struct iovec line[TEXTS + 1];
  int count = 0;
  va_list texts;
  va_start(texts, first);
  for (const char *text = first; text && count < TEXTS; text = va_arg(texts, const char *))
    line[count++] = (struct iovec){(void *)text, strlen(text)};
  va_end(texts);
  line[count++] = (struct iovec){"\n", 1};
  if (!lab_stderr_is_as_before()) return;
  struct lab_shield shield = lab_shield();
  lab_system_call(SYS_writev, STDERR_FILENO, line, count);
  lab_unshield(&shield);
}
#endif
