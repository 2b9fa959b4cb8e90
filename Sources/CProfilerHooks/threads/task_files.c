// What the kernel says of a thread: whether it still is one, whether it can be sent our signal, whether it has run.
//
// C, because it is asked while other threads stand still, one of which may own the heap's lock. System calls only.
#include "leaks/leaks.h"
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

long lab_task_file_read(int tid, const char *name, char *text, size_t capacity) {
  char path[64] = "/proc/self/task/", digits[12];
  size_t at = strlen(path), count = 0;
  for (int n = tid; n > 0; n /= 10) digits[count++] = (char)('0' + n % 10);
  while (count > 0) path[at++] = digits[--count];
  path[at++] = '/';
  strncpy(path + at, name, sizeof path - at - 1);
  int file = (int)syscall(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC);
  if (file < 0) return -1;
  long bytes = syscall(SYS_read, file, text, capacity - 1);
  syscall(SYS_close, file);
  if (bytes >= 0) text[bytes] = 0;
  return bytes;
}

// What follows a line's name, NULL if there is no such line.
static const char *value_of(const char *text, const char *name) {
  const char *line = strstr(text, name);
  if (line == NULL) return NULL;
  line += strlen(name);
  while (*line == ' ' || *line == '\t') line++;
  return line;
}

static uint64_t number_in(const char *digits, unsigned base) {
  uint64_t number = 0;
  for (; digits != NULL; digits++) {
    unsigned digit = *digits >= '0' && *digits <= '9' ? (unsigned)(*digits - '0')
                     : *digits >= 'a' && *digits <= 'f' ? (unsigned)(*digits - 'a') + 10 : base;
    if (digit >= base) break;
    number = number * base + digit;
  }
  return number;
}

// "State:	Z (zombie)", "SigBlk:	0000000004000000", "voluntary_ctxt_switches:	7". Source: proc(5).
bool lab_thread_status_read(int tid, lab_thread_status *out) {
  char text[4096];
  *out = (lab_thread_status){0};
  if (lab_task_file_read(tid, "status", text, sizeof text) <= 0) return false;
  const char *state = value_of(text, "\nState:");
  out->is_dead = state != NULL && (*state == 'Z' || *state == 'X');
  out->blocks_signal = number_in(value_of(text, "\nSigBlk:"), 16) >> (SIGPROF - 1) & 1;
  out->switches = number_in(value_of(text, "\nvoluntary_ctxt_switches:"), 10) +
                  number_in(value_of(text, "\nnonvoluntary_ctxt_switches:"), 10);
  return true;
}

// The clock of another thread's CPU time. Source: kernel, include/linux/posix-timers.h, CPUCLOCK_*.
uint64_t lab_thread_cpu_time(int tid) {
  struct timespec time;
  long clock = (long)(~(unsigned)tid << 3 | 6);
  if (syscall(SYS_clock_gettime, (clockid_t)clock, &time) != 0) return 0;
  return (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec;
}
