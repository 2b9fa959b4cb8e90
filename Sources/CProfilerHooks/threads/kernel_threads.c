// What the kernel says of threads.
//
// C, because it is asked while other threads stand still, one of which may own the heap's lock. It asks the kernel
// only.
#include "lab_platform.h"
#if LAB_HAS_ENGINE
#include "base/hidden.h"
#include "threads/kernel_threads.h"
#include "base/system_call.h"
#include <signal.h>
#include <string.h>
#include <unistd.h>

LAB_HIDE_THIS_FILE

// MARK: - All of them

int lab_each_kernel_thread(void (*visit)(int tid, void *context), void *context) {
  // A linux_dirent64 of getdents64(2).
  struct entry {
    uint64_t inode, next;
    uint16_t bytes;
    uint8_t type;
    char name[];
  };
  int directory = (int)lab_system_call(SYS_openat, AT_FDCWD, "/proc/self/task", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (directory < 0) return directory;
  char buffer[8192] __attribute__((aligned(8)));
  for (long bytes; (bytes = lab_system_call(SYS_getdents64, directory, buffer, sizeof buffer)) > 0;)
    for (long at = 0; at < bytes;) {
      const struct entry *entry = (const struct entry *)(buffer + at);
      at += entry->bytes;
      int tid = 0;
      const char *digit = entry->name;
      for (; *digit >= '0' && *digit <= '9' && tid < INT_MAX / 10; digit++) tid = tid * 10 + (*digit - '0');
      if (tid > 0 && *digit == 0) visit(tid, context);
    }
  lab_close(directory);
  return 0;
}

// MARK: - Files of one

long lab_task_file_read(int tid, const char *name, char *text, size_t capacity) {
  char path[64] = "/proc/self/task/", digits[12];
  size_t at = strlen(path), count = 0;
  for (int n = tid; n > 0; n /= 10) digits[count++] = (char)('0' + n % 10);
  while (count > 0) path[at++] = digits[--count];
  path[at++] = '/';
  strncpy(path + at, name, sizeof path - at - 1);
  int file = lab_open(path);
  if (file < 0) return file;
  long bytes = lab_read(file, text, capacity - 1);
  lab_close(file);
  if (bytes >= 0) text[bytes] = 0;
  return bytes;
}

/// What follows a line's name, NULL if there is no such line.
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

/// "State:	Z (zombie)", "SigBlk:	0000000004000000", "voluntary_ctxt_switches:	7". Source: proc(5).
bool lab_thread_status_read(int tid, lab_thread_status *out) {
  char text[4096];
  *out = (lab_thread_status){0};
  if (lab_task_file_read(tid, "status", text, sizeof text) <= 0) return false;
  const char *state = value_of(text, "\nState:");
  out->is_dead = state != NULL && (*state == 'Z' || *state == 'X');
  out->is_asleep = state != NULL && *state == 'S';
  out->blocks_signal = number_in(value_of(text, "\nSigBlk:"), 16) >> (SIGPROF - 1) & 1;
  out->voluntary = number_in(value_of(text, "\nvoluntary_ctxt_switches:"), 10);
  out->switches = out->voluntary + number_in(value_of(text, "\nnonvoluntary_ctxt_switches:"), 10);
  return true;
}

/// What is written in a field of `stat`, counted from 1; NULL if it cannot be read. The name, the second field, may
/// hold anything but ends with the last parenthesis.
static const char *stat_field(int tid, int field, char *text, size_t capacity) {
  if (lab_task_file_read(tid, "stat", text, capacity) <= 0) return NULL;
  const char *at = strrchr(text, ')');
  for (int i = 2; at && i < field; i++) at = strchr(at + 1, ' ');
  return at && *at == ' ' ? at + 1 : NULL;
}

uint64_t lab_thread_birth_ticks(int tid) {
  char text[1024];
  return number_in(stat_field(tid, 22, text, sizeof text), 10);
}

int lab_thread_processor(int tid) {
  char text[1024];
  const char *field = stat_field(tid, 39, text, sizeof text);
  return field == NULL ? -1 : (int)number_in(field, 10);
}

bool lab_thread_is_runnable(int tid) {
  char text[256];
  const char *state = stat_field(tid, 3, text, sizeof text);
  return state != NULL && *state == 'R';
}

/// "1534062 20371 12": time run, time waited, how many turns. Source: kernel, Documentation/scheduler/sched-stats.rst.
uint64_t lab_thread_run_delay(int tid) {
  char text[96];
  if (lab_task_file_read(tid, "schedstat", text, sizeof text) <= 0) return 0;
  const char *second = strchr(text, ' ');
  return second ? number_in(second + 1, 10) : 0;
}

/// "se.exec_start    :    60151477.124845": milliseconds and six places. Source: kernel, kernel/sched/debug.c.
uint64_t lab_thread_last_ran(int tid) {
  char text[512];
  if (lab_task_file_read(tid, "sched", text, sizeof text) <= 0) return 0;
  const char *line = strstr(text, "se.exec_start"), *colon = line ? strchr(line, ':') : NULL;
  if (colon == NULL) return 0;
  for (colon++; *colon == ' ';) colon++;
  const char *point = strchr(colon, '.');
  return number_in(colon, 10) * 1000000 + (point ? number_in(point + 1, 10) : 0);
}

int lab_main_thread_status(void) {
  char text[1024];
  const char *state = stat_field(getpid(), 3, text, sizeof text);
  if (state == NULL || *state != 'Z') return -1;
  return (int)(number_in(stat_field(getpid(), 52, text, sizeof text), 10) >> 8 & 0xff);
}

/// The clock of another thread's CPU time. Source: kernel, include/linux/posix-timers.h, CPUCLOCK_*.
uint64_t lab_thread_cpu_time(int tid) {
  struct timespec time;
  if (lab_system_call(SYS_clock_gettime, lab_thread_clock(tid), &time) != 0) return 0;
  return (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec;
}
#endif
