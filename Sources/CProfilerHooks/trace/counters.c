// Figures of the process over time: what it has in memory, how many threads and tasks.
//
// C, because the thread is ours. It asks the kernel, and the tables.
#include "lab_platform.h"
#if LAB_HAS_ENGINE
#include "base/hidden.h"
#include "lab_heap.h"
#include "lab_memory.h"
#include "threads/births.h"
#include "trace/trace.h"
#include <stdlib.h>
#include <string.h>

LAB_HIDE_THIS_FILE

static struct {
  uint32_t resident, heap, threads, live, ready;
} names;

static uint32_t text(const char *words) { return lab_trace_text(words, strlen(words)); }

void lab_trace_counters_name(void) {
  names.resident = text("RSS");
  names.heap = text("heap bytes");
  names.threads = text("threads");
  names.live = text("live tasks");
  names.ready = text("runnable tasks");
}

/// Pages that the process has in memory; -1 if that is not known.
static long resident_pages(void) {
  char text[64];
  int file = lab_open("/proc/thread-self/statm");
  if (file < 0) return -1;
  long count = lab_read(file, text, sizeof text - 1);
  lab_close(file);
  if (count <= 0) return -1;
  text[count] = 0;
  const char *second = strchr(text, ' ');
  return second == NULL ? -1 : strtol(second, NULL, 10);
}

static void put(uint64_t ticks, uint32_t name, int64_t value) {
  lab_trace_write(ticks, (struct lab_trace_fields_of){.kind = LAB_TRACE_KIND_COUNTER, .index = name, .value = value});
}

/// A look at all tasks takes time in proportion to how many there have been at once.
static bool is_due(unsigned round) {
  enum { FEW = 1 << 15, SELDOM = 10 };
  bool is_asked = LAB_LOAD(&lab_trace_over[LAB_TRACE_ON_WAIT]) != ~0ull ||
                  LAB_LOAD(&lab_trace_over[LAB_TRACE_ON_STARVATION]) != ~0ull;
  return LAB_LOAD(&lab_task_session) != 0 && (is_asked || lab_task_record_count() < FEW || round % SELDOM == 0);
}

void lab_trace_counters_sample(unsigned round) {
  double objects = 0, bytes = 0;
  long pages = resident_pages();
  bool has_heap = lab_heap_rate() != 0, has_tasks = is_due(round);
  if (has_heap) lab_heap_live(&objects, &bytes);
  struct lab_trace_ready tasks = has_tasks ? lab_trace_look_at_tasks() : (struct lab_trace_ready){0};
  if (!lab_enter()) return;
  uint64_t now, nanoseconds;
  lab_trace_read_clocks(&now, &nanoseconds);
  lab_trace_write(now, (struct lab_trace_fields_of){.kind = LAB_TRACE_KIND_CLOCK, .other = nanoseconds});
  if (pages >= 0) put(now, names.resident, pages * (long)lab_page_bytes());
  if (has_heap) put(now, names.heap, (int64_t)bytes);
  put(now, names.threads, lab_threads_living());
  if (has_tasks) put(now, names.live, (int64_t)tasks.live);
  if (has_tasks) put(now, names.ready, (int64_t)tasks.ready);
  lab_leave();
}
#endif
