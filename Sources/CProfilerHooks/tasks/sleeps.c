// Reads what a thread sleeps on: the word it gave to the kernel, and what lies around it, where locks have who holds
// them.
//
// Nothing is noted while locks are taken, so that this costs nothing until somebody asks. What a word means its
// neighbours do not say; the functions on the thread's stack do, so that is for Swift to find out. What is found by
// following an address, queues and executors, is read here, where both looks can have it.
//
// Source: futex(2), proc(5). C, because it is done where the program's locks are held. It asks the kernel only, and
// libdispatch for a constant.
#include "lab_platform.h"
#if LAB_HAS_ENGINE
#include "tasks/sleeps.h"
#include "base/clock.h"
#include "base/system_call.h"
#include "lab_memory.h"
#include "runtime/layout.h"
#include "threads/kernel_threads.h"
#include "threads/own_threads.h"
#include "world/world.h"
#include <pthread.h>
#include <string.h>

extern char _dispatch_main_q[] __attribute__((weak));
extern const char *dispatch_queue_get_label(const void *queue) __attribute__((weak));

static uintptr_t word_at(const void *bytes, size_t at) {
  uintptr_t word;
  memcpy(&word, (const char *)bytes + at, sizeof word);
  return word;
}

// MARK: - The word

/// Copies memory up to the end of a page at least; how many words of it.
static uint8_t read_from(uintptr_t address, uint32_t *out, size_t count) {
  size_t on_page = (LAB_PAGE - (address & (LAB_PAGE - 1))) / sizeof *out;
  if (lab_read_memory(address, out, count * sizeof *out)) return (uint8_t)count;
  if (on_page >= count || !lab_read_memory(address, out, on_page * sizeof *out)) return 0;
  return (uint8_t)on_page;
}

/// The same down to the beginning of a page, what is nearest at the end of `out`.
static uint8_t read_before(uintptr_t address, uint32_t *out, size_t count) {
  size_t on_page = (address & (LAB_PAGE - 1)) / sizeof *out;
  if (lab_read_memory(address - count * sizeof *out, out, count * sizeof *out)) return (uint8_t)count;
  bool is_there = on_page > 0 && on_page < count &&
                  lab_read_memory(address - on_page * sizeof *out, out + count - on_page, on_page * sizeof *out);
  return is_there ? (uint8_t)on_page : 0;
}

/// FUTEX_LOCK_PI2, which older headers do not have.
enum { LOCK_PI2 = 13 };

static void read_call(const lab_kernel_call *call, lab_thread_sleep *out) {
  const uintptr_t *arguments = call->arguments;
  uint32_t operation = (uint32_t)arguments[1] & FUTEX_CMD_MASK;
  bool owns = operation == FUTEX_LOCK_PI || operation == LOCK_PI2;
  bool has_mask = operation == FUTEX_WAIT_BITSET || operation == FUTEX_WAIT_REQUEUE_PI;
  if ((operation != FUTEX_WAIT && !owns && !has_mask) || (arguments[0] & 3) != 0) return;
  out->words_from = read_from(arguments[0], out->from, LAB_SLEEP_WORDS_FROM);
  if (out->words_from == 0) return;
  out->words_before = read_before(arguments[0], out->before, LAB_SLEEP_WORDS_BEFORE);
  out->address = arguments[0];
  out->stack_pointer = call->sp;
  out->kind = owns ? LAB_SLEEPS_TO_OWN : has_mask ? LAB_SLEEPS_WITH_MASK : LAB_SLEEPS_PLAINLY;
  out->expected = (uint32_t)arguments[2];
  out->is_limited = arguments[3] != 0;
}

// MARK: - Queues

/// Whether libdispatch lays out its queues as is known: of the main queue it says what its label is.
static bool knows_queues(void) {
  uintptr_t label;
  return _dispatch_main_q != NULL && dispatch_queue_get_label != NULL &&
         lab_read_memory((uintptr_t)_dispatch_main_q + LAB_QUEUE_LABEL, &label, sizeof label) &&
         label == (uintptr_t)dispatch_queue_get_label(_dispatch_main_q);
}

int lab_main_queue_owner(void) {
  uintptr_t state;
  if (!knows_queues() || !lab_read_memory((uintptr_t)_dispatch_main_q + LAB_QUEUE_STATE, &state, sizeof state)) return 0;
  return (int)(state & LAB_QUEUE_OWNER);
}

static void read_label(uintptr_t label, char *out, size_t capacity) {
  for (size_t i = 0; label != 0 && i + 1 < capacity && lab_read_memory(label + i, out + i, 1) && out[i] != 0; i++)
    out[i + 1] = 0;
}

/// If the thread waits for a turn on a queue, what it sleeps on lies in a record on its stack, which says so itself: it
/// has its own address in it, and the thread's id. A queue may have its work done on another one, and then the thread
/// has the first already.
static void read_queue(int tid, lab_thread_sleep *out) {
  enum { DEEPEST = 16 };
  char bytes[LAB_QUEUE_BYTES];
  if (out->words_before < LAB_SYNC_EVENT / 4 || out->words_from < 2) return;
  const uint32_t *record = out->before + LAB_SLEEP_WORDS_BEFORE - LAB_SYNC_EVENT / 4;
  bool is_one = word_at(record, LAB_SYNC_SELF) == out->address - LAB_SYNC_EVENT &&
                out->from[(LAB_SYNC_WAITER - LAB_SYNC_EVENT) / 4] == (uint32_t)tid && knows_queues();
  uintptr_t queue = is_one ? word_at(record, LAB_SYNC_QUEUE) : 0;
  for (int i = 0; queue != 0 && i < DEEPEST && lab_read_memory(queue, bytes, sizeof bytes); i++) {
    out->queue = queue;
    out->queue_owner = (int)(word_at(bytes, LAB_QUEUE_STATE) & LAB_QUEUE_OWNER);
    out->queue_label[0] = 0;
    read_label(word_at(bytes, LAB_QUEUE_LABEL), out->queue_label, sizeof out->queue_label);
    if (out->queue_owner != tid) return;
    queue = word_at(bytes, LAB_QUEUE_TARGET);
  }
}

// MARK: - What a thread works for

/// The runtime has a record of it on the thread's stack as long as a task runs there, or something else that needs an
/// executor.
static void read_executor(uintptr_t tracking, lab_thread_sleep *out) {
  uintptr_t record = 0, words[2];
  if (tracking == 0 || !lab_read_memory(tracking, &record, sizeof record)) return;
  if (record == 0 || (record & 7) != 0 || !lab_read_memory(record, words, sizeof words)) return;
  out->executor = words[LAB_TRACKED_IDENTITY / 8];
  out->implementation = words[LAB_TRACKED_IMPLEMENTATION / 8];
}

// MARK: - Looks

void lab_sleep_read(int tid, uintptr_t tracking, lab_thread_sleep *out) {
  lab_kernel_call call;
  lab_thread_status status;
  *out = (lab_thread_sleep){0};
  bool sleeps = lab_call_read(tid, &call) && call.number == SYS_futex;
  if (sleeps) read_call(&call, out);
  if (out->address != 0) read_queue(tid, out);
  read_executor(tracking, out);
  // The count stands last: whoever has the same at the next look, and sleeps there, has not run meanwhile.
  if (out->address != 0 && lab_thread_status_read(tid, &status)) {
    out->switches = status.switches;
    out->voluntary = status.voluntary;
  } else {
    out->address = 0;
  }
}

bool lab_sleep_lasted(const lab_thread_sleep *before, const lab_thread_sleep *after) {
  return before->address != 0 && before->address == after->address && before->kind == after->kind &&
         before->expected == after->expected && before->stack_pointer == after->stack_pointer &&
         before->switches == after->switches;
}

// MARK: - For how long

/// Processors that are told apart: each has a clock of its own, which stops while a host lets another machine run.
enum { PROCESSORS = 1024 };

/// What their clocks show. 0: not known.
struct clocks {
  bool are_wanted[PROCESSORS];
  uint64_t now[PROCESSORS];
};

/// Goes to each processor that is wanted: the kernel tells of its clock only when a thread last ran there.
static void *read_clocks(void *argument) {
  struct clocks *clocks = argument;
  for (unsigned i = 0; i < PROCESSORS; i++) {
    uint64_t mask[PROCESSORS / 64] = {0};
    mask[i / 64] = (uint64_t)1 << i % 64;
    if (clocks->are_wanted[i] && lab_system_call(SYS_sched_setaffinity, 0, sizeof mask, mask) == 0)
      clocks->now[i] = lab_thread_last_ran(lab_gettid());
  }
  return NULL;
}

/// The last look at a thread that slept.
struct remembered {
  int tid;
  uintptr_t address, stack_pointer;
  uint64_t voluntary;
  uint64_t since; ///< by lab_now
};
static struct {
  struct remembered *threads;
  size_t count, bytes;
} last;

static const struct remembered *recall(int tid) {
  size_t low = 0, high = last.count;
  while (low < high) {
    size_t middle = (low + high) / 2;
    if (last.threads[middle].tid < tid) low = middle + 1;
    else high = middle;
  }
  return low < last.count && last.threads[low].tid == tid ? &last.threads[low] : NULL;
}

/// Whether a thread has slept on since it was looked at last: it ran once at most, for it was asked where it was.
static bool is_same_sleep(const struct remembered *former, const lab_thread_sleep *sleep) {
  return former != NULL && former->since != 0 && former->address == sleep->address &&
         former->stack_pointer == sleep->stack_pointer && sleep->voluntary <= former->voluntary + 1;
}

/// Since when a thread has slept, by lab_now: since it last ran. 0: not known, for a signal has woken it meanwhile.
static uint64_t asleep_since(const lab_thread_copy *thread, const struct clocks *clocks, int processor, uint64_t now) {
  const lab_thread_sleep *sleep = &thread->sleeps[1];
  const struct remembered *former = recall(thread->tid);
  if (is_same_sleep(former, sleep)) return former->since;
  uint64_t ran = lab_thread_last_ran(thread->tid), clock = processor < 0 ? 0 : clocks->now[processor];
  if (ran == 0 || clock < ran) return 0;
  uint64_t since = now - (clock - ran);
  return thread->woken != 0 && since + 1000000 > thread->woken ? 0 : since;
}

void lab_sleeps_time(lab_thread_copy *threads, size_t count) {
  size_t bytes = count * sizeof(struct remembered), kept = 0;
  struct remembered *next = lab_own_map(bytes);
  struct clocks *clocks = lab_own_map(sizeof *clocks);
  int *processors = lab_own_map(count * sizeof *processors);
  pthread_t reader;
  if (next != NULL && clocks != NULL && processors != NULL) {
    bool any = false;
    for (size_t i = 0; i < count; i++) {
      processors[i] = threads[i].slept ? lab_thread_processor(threads[i].tid) : -1;
      if (processors[i] < 0 || processors[i] >= PROCESSORS) processors[i] = -1;
      else any = clocks->are_wanted[processors[i]] = true;
    }
    if (any && lab_thread_start_own(&reader, 64 << 10, read_clocks, clocks) == 0) pthread_join(reader, NULL);
    uint64_t now = lab_now();
    for (size_t i = 0; i < count; i++) {
      if (!threads[i].slept) continue;
      const lab_thread_sleep *sleep = &threads[i].sleeps[1];
      uint64_t since = asleep_since(&threads[i], clocks, processors[i], now);
      if (since != 0) threads[i].slept_nanoseconds = now - since;
      next[kept++] =
          (struct remembered){threads[i].tid, sleep->address, sleep->stack_pointer, sleep->voluntary, since};
    }
    lab_own_unmap(last.threads, last.bytes);
    last.threads = next;
    last.count = kept;
    last.bytes = bytes;
    next = NULL;
  }
  lab_own_unmap(next, bytes);
  lab_own_unmap(clocks, sizeof *clocks);
  lab_own_unmap(processors, count * sizeof *processors);
}
#endif
