// C because half of it runs in a signal handler. `lab_cpu_on_signal` is async-signal-safe; the rest is not.
#include "lab_platform.h"
#if LAB_HAS_ENGINE
#include "base/clock.h"
#include "base/hidden.h"
#include "base/lock.h"
#include "base/start_order.h"
#include "base/system_call.h"
#include "cpu/cpu.h"
#include "lab_labels.h"
#include "stacks/stacks.h"
#include "threads/births.h"
#include "threads/cpu_samples.h"
#include "threads/own_threads.h"
#include "threads/signal.h"
#include "unwind/unwind.h"
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

LAB_HIDE_THIS_FILE

struct lab_cpu_counters lab_cpu_counters;
unsigned lab_cpu_signals;

static struct lab_lock lock;
static pthread_t helper;
/// Changes when the helper is to look up; it sleeps on it.
static _Atomic uint32_t wakes;
/// Its thread, from its beginning until the kernel knows it no more; 0: none.
static _Atomic int helper_tid;
static int session, rate;
static bool running;
static _Atomic int displaced;
/// What every handler touches, side by side: it runs with cold caches, and each line and page counts.
static struct {
  /// Handlers record while this is set, and say that they are at it.
  _Atomic bool recording;
  _Atomic int in_flight, session;
} hot __attribute__((aligned(64)));

// MARK: - In the handler

static void fill(struct lab_record *record, struct lab_walk walk, uint64_t weight, uint32_t flags) {
  record->depth = (uint32_t)walk.depth;
  record->weight = weight;
  record->flags = flags;
  if (walk.flags & LAB_WALK_ROOT) record->flags |= LAB_CPU_STACK_ROOT;
  if (walk.flags & LAB_WALK_TRUNCATED) record->flags |= LAB_CPU_STACK_TRUNCATED;
  if (walk.flags & LAB_WALK_ASYNC) record->flags |= LAB_CPU_STACK_ASYNC;
}

/// Takes a sample of the interrupted code. Async-signal-safe.
static bool on_timer(siginfo_t *info, void *context) {
  atomic_fetch_add(&hot.in_flight, 1);
  bool is_ours = lab_signal_session(info) == (unsigned)atomic_load(&hot.session) % LAB_SIGNAL_SESSIONS;
  if (atomic_load(&hot.recording) && is_ours) {
    uint64_t begin = lab_now();
    uint64_t weight = 1 + (uint64_t)(info->si_overrun > 0 ? info->si_overrun : 0);
    struct lab_timer *entry = lab_signal_address(info);
    lab_count(&entry->reported, weight);
    if (atomic_load(&entry->carried)) weight += atomic_exchange(&entry->carried, 0);
    struct lab_record *record = lab_buffer_reserve();
    if (record) {
      struct lab_walk walk = lab_walk_stack(lab_registers_of(context), record->pcs, LAB_CPU_MAX_DEPTH, 1);
      record->labels = lab_labels_current();
      lab_cpu_sampled listener = LAB_ACQUIRE(&lab_cpu_samples);
      if (listener) listener(record->pcs, (size_t)walk.depth, weight * lab_timer_rate.period);
      fill(record, walk, weight, 0);
      record->nanoseconds = (uint32_t)(lab_now() - begin);
      lab_buffer_commit(record);
    } else {
      lab_lose(LAB_LOSS_cpu_buffer_full, weight);
    }
  }
  atomic_fetch_sub(&hot.in_flight, 1);
  return is_ours;
}

// MARK: - Outside it

void lab_cpu_charge_exit(const struct lab_thread *thread, uint64_t weight) {
  if (!atomic_load(&hot.recording)) return;
  struct lab_record *record = lab_buffer_reserve();
  if (!record) {
    lab_lose(LAB_LOSS_cpu_buffer_full, weight);
    return;
  }
  record->nanoseconds = 0;
  record->pcs[0] = (uintptr_t)thread->start;
  record->labels = 0;
  fill(record, (struct lab_walk){1, LAB_WALK_ROOT}, weight, LAB_CPU_STACK_EXIT);
  lab_buffer_commit(record);
}

static void drain(void) {
  lab_entries_lock();
  for (struct lab_record *r; (r = lab_buffer_peek()); lab_buffer_consume()) {
    if (r->flags & LAB_CPU_STACK_EXIT) {
      lab_lose(LAB_LOSS_cpu_ended, r->weight);
    } else {
      lab_count(&lab_cpu_counters.samples, 1);
      lab_count(&lab_cpu_counters.frames, r->depth);
      lab_count(&lab_cpu_counters.handler_nanoseconds, r->nanoseconds);
      uint32_t step = r->nanoseconds / LAB_HANDLER_STEP;
      lab_count(&lab_cpu_counters.handlers[step < LAB_HANDLER_TIMES ? step : LAB_HANDLER_TIMES - 1], 1);
    }
    lab_count(&lab_cpu_counters.weight, r->weight);
    if (r->flags & LAB_CPU_STACK_TRUNCATED) lab_lose(LAB_LOSS_cpu_truncated, r->weight);
    else if (!(r->flags & LAB_CPU_STACK_ROOT)) lab_lose(LAB_LOSS_cpu_unresolved, r->weight);
    if (r->flags & LAB_CPU_STACK_ASYNC) lab_count(&lab_cpu_counters.async, r->weight);
    if (!lab_entries_add(r)) lab_lose(LAB_LOSS_cpu_table_full, r->weight);
  }
  lab_entries_unlock();
}

static void wake_helper(void) {
  atomic_fetch_add(&wakes, 1);
  lab_futex_wake(&wakes, 1);
}

/// Sleeps for a tenth of a second, by a clock that nobody sets, or until woken.
static void doze(uint32_t seen) {
  struct timespec time = {0, 100000000};
  lab_futex_wait(&wakes, seen, &time);
}

/// Whether SIGPROF became the program's in a way that was not noticed at once.
static bool was_displaced(void) {
  if (atomic_load(&displaced) != LAB_CPU_NOT_DISPLACED) return true;
  if (lab_signal_is_ours() && !lab_signal_is_shared()) return false;
  lab_timers_displace();
  atomic_store(&displaced,
               lab_signal_is_shared() ? LAB_CPU_DISPLACED_BY_SIGNALS : LAB_CPU_DISPLACED_BY_SYSTEM_CALL);
  return true;
}

static void await_handlers(void) {
  while (atomic_load(&hot.in_flight) > 0) lab_yield();
}

/// Ten times a second: meets new threads and modules, and takes the samples out of the buffer. Ends with the recording,
/// when there is nothing left to record, and with the program's last thread, which it must not outlive.
static void *help(void *unused) {
  (void)unused;
  atomic_store(&helper_tid, lab_gettid());
  bool goes_on = true;
  while (goes_on) {
    // Read first, so that no wake is slept through.
    uint32_t seen = atomic_load(&wakes);
    if (!atomic_load(&hot.recording)) break;
    doze(seen);
    drain();
    if (!atomic_load(&hot.recording) || was_displaced()) break;
    lab_unwind_prepare();
    goes_on = lab_timers_scan() > 0;
  }
  await_handlers();
  drain();
  lab_unwind_prepare();
  // The program is over, and the kernel takes the status of whichever thread ends last.
  if (!goes_on && lab_timers_bare_status() >= 0) lab_system_call(SYS_exit, lab_timers_bare_status());
  return NULL;
}

/// Runs where the program installs a handler. The helper's end is awaited, so that whoever looks at the program's
/// threads from now on, as Swift's runtime does when it has crashed, finds those that it made.
static void on_displaced(void) {
  int none = LAB_CPU_NOT_DISPLACED, process = getpid(), tid = atomic_load(&helper_tid);
  if (!atomic_load(&hot.recording)) return;
  atomic_compare_exchange_strong(&displaced, &none, LAB_CPU_DISPLACED_BY_HANDLER);
  lab_timers_displace();
  wake_helper();
  for (int tries = 0; tid != 0 && tries < 500 && lab_system_call(SYS_tgkill, process, tid, 0) == 0; tries++)
    lab_sleep(200000);
}

static enum lab_cpu_error start(int hertz) {
  if (running) return LAB_CPU_ALREADY_RUNNING;
  if (lab_signal_install() != 0) return LAB_CPU_SIGNAL_TAKEN;
  lab_unwind_prepare();
  lab_entries_clear();
  memset(&lab_cpu_counters, 0, sizeof lab_cpu_counters);
  lab_losses_forget("cpu");
  atomic_store(&displaced, LAB_CPU_NOT_DISPLACED);
  // Half a second of samples of every processor.
  long processors = sysconf(_SC_NPROCESSORS_ONLN);
  uint64_t records = (uint64_t)(processors > 0 ? processors : 1) * (uint64_t)hertz / 2;
  if (!lab_buffer_begin(records < 256 ? 256 : records > 16384 ? 16384 : (uint32_t)records) ||
      !lab_entries_open())
    return LAB_CPU_NO_MEMORY;
  atomic_store(&hot.session, ++session);
  atomic_store(&helper_tid, 0);
  atomic_store(&hot.recording, true);
  if (lab_thread_start_own(&helper, 256 << 10, help, NULL) != 0) {
    atomic_store(&hot.recording, false);
    return LAB_CPU_NO_THREAD;
  }
  running = true;
  lab_timers_begin(1000000000u / (unsigned)hertz, session);
  return LAB_CPU_OK;
}

static enum lab_cpu_error stop(void) {
  if (!running) return LAB_CPU_NOT_RUNNING;
  running = false;
  was_displaced();
  lab_timers_end();
  atomic_store(&hot.recording, false);
  wake_helper();
  // The helper's end may be the program's, which is here to have its profile written.
  if (pthread_equal(helper, pthread_self())) await_handlers(), drain();
  else pthread_join(helper, NULL);
  lab_buffer_end();
  return LAB_CPU_OK;
}

enum lab_cpu_error lab_cpu_start(int hertz) {
  lab_lock(&lock);
  enum lab_cpu_error error = start(hertz);
  if (error == LAB_CPU_OK && atomic_load(&lab_cpu_counters.threads) == 0) {
    stop();
    error = LAB_CPU_NO_TIMER;
  }
  if (error == LAB_CPU_OK) rate = hertz;
  lab_unlock(&lock);
  return error;
}

enum lab_cpu_error lab_cpu_stop(void) {
  lab_lock(&lock);
  enum lab_cpu_error error = stop();
  lab_unlock(&lock);
  return error;
}

const char *lab_cpu_begin(long hertz) {
  switch (lab_cpu_start((int)hertz)) {
  case LAB_CPU_OK: return NULL;
  case LAB_CPU_ALREADY_RUNNING: return "a CPU profiler is already running";
  case LAB_CPU_SIGNAL_TAKEN: return "the program handles SIGPROF itself (another profiler?)";
  case LAB_CPU_NO_MEMORY: return "no memory";
  case LAB_CPU_NO_THREAD: return "no thread";
  case LAB_CPU_NO_TIMER: return strerror(atomic_load(&lab_cpu_counters.last_error));
  default: return "unknown error";
  }
}

void lab_cpu_pause(void) { lab_timers_arm(false); }
void lab_cpu_resume(void) { lab_timers_arm(true); }

int lab_cpu_recording(void) {
  lab_lock(&lock);
  int answer = running ? session : 0;
  lab_unlock(&lock);
  return answer;
}

int lab_cpu_hold(void) {
  lab_lock(&lock);
  if (!running) return lab_unlock(&lock), 0;
  // The handlers that have begun are to be in it.
  await_handlers();
  drain();
  lab_entries_lock();
  return session;
}

void lab_cpu_release(void) {
  lab_entries_unlock();
  lab_unlock(&lock);
}

int lab_cpu_rate(void) { return rate; }

/// The time that half of the handlers took less than. An average would count those that the scheduler interrupted.
static uint64_t median_handler(void) {
  uint64_t half = lab_cpu_counters.samples / 2, below = 0;
  for (uint64_t i = 0; i < LAB_HANDLER_TIMES; i++)
    if ((below += lab_cpu_counters.handlers[i]) > half) return i * LAB_HANDLER_STEP + LAB_HANDLER_STEP / 2;
  return 0;
}

struct lab_cpu_statistics lab_cpu_statistics(void) {
  struct lab_cpu_counters *c = &lab_cpu_counters;
  return (struct lab_cpu_statistics){
    .samples = c->samples, .weight = c->weight, .owed = lab_timers_owed(), .async = c->async,
    .handler_nanoseconds = c->handler_nanoseconds, .handler_median = median_handler(), .frames = c->frames,
    .threads = c->threads, .stacks = lab_entries_count(), .bytes = lab_entries_bytes(),
    .last_error = c->last_error, .displaced = (enum lab_cpu_displaced)atomic_load(&displaced)};
}

// MARK: - Fork: the child has no helper and no timers, so it is simply not recording.

static void before_fork(void) { lab_lock(&lock); }
static void after_fork_in_parent(void) { lab_unlock(&lock); }
static void after_fork_in_child(void) {
  running = false;
  atomic_store(&hot.recording, false);
  atomic_store(&hot.in_flight, 0);
  lab_unlock(&lock);
}

static struct lab_thread_watcher watcher = {.last_ends = wake_helper};

__attribute__((constructor(LAB_STARTS_SAMPLER))) static void prepare_sampler(void) {
  pthread_atfork(before_fork, after_fork_in_parent, after_fork_in_child);
  lab_cpu_signals = lab_signal_register_timers(on_timer);
  lab_signal_on_displaced(on_displaced);
  lab_threads_watch(&watcher);
}
#endif
