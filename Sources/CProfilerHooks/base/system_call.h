// The kernel, asked directly: the C library's functions may be hooked, and ours must not run through our own hooks.
// All of it is async-signal-safe and leaves errno alone.
#pragma once
#include "base/arch.h"
#include <fcntl.h>
#include <limits.h>
#include <linux/futex.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <time.h>

/// Asks the kernel. Returns what it answers: an errno as a negative number if it refuses.
#define lab_system_call(...) LAB_SIX_ARGUMENTS(__VA_ARGS__, 0, 0, 0, 0, 0, 0, )
#define LAB_SIX_ARGUMENTS(number, a, b, c, d, e, f, ...) \
  lab_system_call_6(number, (long)(a), (long)(b), (long)(c), (long)(d), (long)(e), (long)(f))

/// Whether the kernel refuses by this answer, where an address is what it would be (MAX_ERRNO of Linux).
static inline bool lab_is_refusal(long answer) { return answer < 0 && answer > -4096; }

static inline int lab_gettid(void) { return (int)lab_system_call(SYS_gettid); }

/// Opens a file for reading; negative if there is none.
static inline int lab_open(const char *path) {
  return (int)lab_system_call(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC);
}
static inline void lab_close(int file) { lab_system_call(SYS_close, file); }
static inline long lab_read(int file, void *out, size_t bytes) { return lab_system_call(SYS_read, file, out, bytes); }

/// Sleeps while the word is `seen`, for as long as `limit` says, by a clock that nobody sets; null: for ever. Ends
/// early for no reason, too.
static inline void lab_futex_wait(const _Atomic uint32_t *word, uint32_t seen, const struct timespec *limit) {
  lab_system_call(SYS_futex, word, FUTEX_WAIT_PRIVATE, seen, limit);
}
/// Wakes up to `count` of those that sleep on the word.
static inline void lab_futex_wake(const _Atomic uint32_t *word, int count) {
  lab_system_call(SYS_futex, word, FUTEX_WAKE_PRIVATE, count);
}

static inline void lab_yield(void) { lab_system_call(SYS_sched_yield); }
static inline void lab_sleep(long nanoseconds) {
  struct timespec time = {nanoseconds / 1000000000, nanoseconds % 1000000000};
  lab_system_call(SYS_nanosleep, &time, NULL);
}
