// The threads that are sampled: those that `pthread_create` made, and those that only a look at /proc finds.
//
// C because threads come here at birth and end. Not async-signal-safe.
#include "lab_platform.h"
#if LAB_HAS_ENGINE
#include "base/clock.h"
#include "base/hidden.h"
#include "base/lock.h"
#include "base/start_order.h"
#include "cpu/cpu.h"
#include "lab_memory.h"
#include "threads/births.h"
#include "threads/kernel_threads.h"
#include "threads/own_threads.h"
#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <unistd.h>

LAB_HIDE_THIS_FILE

/// Guards everything below, and all timers. Handlers never take it; fork does.
static struct lab_lock lock;
/// Timers by the number of their thread's id; they come from `pool` and go back to it.
enum { BUCKETS = 1024, POOL_BYTES = 64 << 10 };
static struct lab_timer *buckets[BUCKETS], *pool;
/// Whether threads have timers. Changed with the lock held; births and ends look before they take it.
static _Atomic bool active;
/// When the session began, in ticks since the machine was started: the kernel tells threads' beginnings so.
static uint64_t began_ticks;
/// What a main thread that was the last one left with by a bare system call; -1 if none did.
static int bare_status = -1;

// MARK: - The list. All with the lock held.

static struct lab_timer *take_entry(void) {
  if (!pool) {
    struct lab_timer *fresh = lab_own_map(POOL_BYTES);
    for (size_t i = 0; fresh && i < POOL_BYTES / sizeof *fresh; i++) {
      fresh[i].next = pool;
      pool = &fresh[i];
    }
  }
  struct lab_timer *entry = pool;
  if (!entry) return NULL;
  pool = entry->next;
  memset(entry, 0, sizeof *entry);
  entry->timer = -1;
  return entry;
}

static void give_entry(struct lab_timer *entry) {
  entry->next = pool;
  pool = entry;
}

static struct lab_timer **find(int tid) {
  struct lab_timer **at = &buckets[(unsigned)tid % BUCKETS];
  while (*at && (*at)->tid != tid) at = &(*at)->next;
  return at;
}

static struct lab_timer *insert(int tid, struct lab_thread *thread) {
  struct lab_timer *entry = take_entry();
  if (!entry) return NULL;
  struct lab_timer **bucket = &buckets[(unsigned)tid % BUCKETS];
  entry->tid = tid;
  entry->thread = thread;
  entry->life = thread ? thread->lives : 0;
  entry->next = *bucket;
  return *bucket = entry;
}

/// Takes an entry that `find` found off the list, with its timer.
static void remove_at(struct lab_timer **at) {
  struct lab_timer *entry = *at;
  lab_timer_drop(entry);
  *at = entry->next;
  give_entry(entry);
}

static void each(void (*action)(struct lab_timer *entry)) {
  for (int b = 0; b < BUCKETS; b++)
    for (struct lab_timer *entry = buckets[b]; entry; entry = entry->next) action(entry);
}

static void remove_if(bool (*is_over)(const struct lab_timer *entry)) {
  for (int b = 0; b < BUCKETS; b++)
    for (struct lab_timer **at = &buckets[b]; *at;)
      if (is_over(*at)) remove_at(at);
      else at = &(*at)->next;
}

// MARK: - Scanning

/// Threads of `pthread_create` take themselves off the list; others are found out here.
static bool is_gone(const struct lab_timer *entry) {
  const struct lab_thread *thread = entry->thread;
  bool is_live = thread && LAB_ACQUIRE(&thread->state) == LAB_THREAD_LIVE && thread->lives == entry->life;
  return !is_live && lab_timer_is_dead(entry);
}

/// Whether a thread that was found by scanning began during this recording. If that cannot be told, it did not.
static bool began_meanwhile(int tid) { return lab_thread_birth_ticks(tid) > began_ticks; }

struct scan {
  bool beginning; ///< no thread can have been met
  int threads;
};

static void meet(int tid, void *context) {
  struct scan *scan = context;
  // A main thread that has ended stays until the last one does.
  if (lab_thread_is_own(tid) || (lab_threads_main_has_ended() && tid == getpid())) return;
  scan->threads++;
  struct lab_timer *entry = *find(tid);
  if (entry) {
    // It may have got none before, for want of resources: then what it used since then is lost, not this sample's.
    if (entry->timer < 0) lab_timer_make(entry, entry->born == lab_timer_rate.session);
    return;
  }
  if (!(entry = insert(tid, NULL))) return;
  if (!lab_timer_make(entry, !scan->beginning && began_meanwhile(tid))) remove_at(find(tid));
}

/// With the lock held. Returns how many threads the program has.
static int scan(bool beginning) {
  struct scan scan = {beginning, 0};
  int error = lab_each_kernel_thread(meet, &scan);
  if (error < 0) {
    // Without /proc those that pthread_create made are all that can be known; without a descriptor, for now.
    if (error == -EMFILE || error == -ENFILE) {
      lab_lose(LAB_LOSS_cpu_no_timer, 1);
      atomic_store(&lab_cpu_counters.last_error, -error);
    }
    return lab_threads_living();
  }
  // By a bare system call; of whoever calls pthread_exit we are told.
  if (scan.threads == 1 && !lab_threads_main_has_ended() && (bare_status = lab_main_thread_status()) >= 0) return 0;
  return scan.threads;
}

int lab_timers_scan(void) {
  lab_lock(&lock);
  int threads = lab_threads_living();
  if (LAB_LOAD(&active) && lab_timer_rate.armed) {
    remove_if(is_gone);
    threads = scan(false);
  }
  lab_unlock(&lock);
  return threads;
}

int lab_timers_bare_status(void) { return bare_status; }

// MARK: - Begin and end

void lab_timers_begin(uint64_t nanoseconds, int session) {
  lab_lock(&lock);
  lab_timer_rate = (struct lab_timer_rate){nanoseconds, session, true};
  atomic_store(&active, true);
  began_ticks = lab_nanoseconds(CLOCK_BOOTTIME) / (1000000000u / (uint64_t)sysconf(_SC_CLK_TCK));
  // Those we know of need no file to be found.
  for (uint32_t i = 0; i < lab_thread_count(); i++) {
    struct lab_thread *thread = lab_thread_at(i);
    if (!thread || atomic_load(&thread->state) != LAB_THREAD_LIVE) continue;
    int tid = LAB_LOAD(&thread->tid);
    struct lab_timer *entry = *find(tid) ? NULL : insert(tid, thread);
    if (entry) lab_timer_make(entry, false);
  }
  scan(true);
  lab_unlock(&lock);
}

static bool always(const struct lab_timer *entry) {
  (void)entry;
  return true;
}

/// With the lock held: deletes all timers.
static void drop_all(void) {
  atomic_store(&active, false);
  lab_timer_rate.armed = false;
  remove_if(always);
}

/// What is owed by threads that block the signal, with the lock held.
static uint64_t owed_by_blocking(void) {
  uint64_t sum = 0;
  for (int b = 0; b < BUCKETS; b++)
    for (struct lab_timer *entry = buckets[b]; entry; entry = entry->next) {
      uint64_t weight = lab_timer_owed(entry);
      lab_thread_status status;
      if (weight > 0 && lab_thread_status_read(entry->tid, &status) && status.blocks_signal) sum += weight;
    }
  return sum;
}

uint64_t lab_timers_owed(void) {
  if (!LAB_LOAD(&active)) return 0;
  lab_lock(&lock);
  uint64_t owed = owed_by_blocking();
  lab_unlock(&lock);
  return owed;
}

void lab_timers_end(void) {
  lab_lock(&lock);
  lab_lose(LAB_LOSS_cpu_blocked, owed_by_blocking());
  drop_all();
  lab_unlock(&lock);
}

void lab_timers_displace(void) {
  if (!lab_lock_within(&lock, 50000000)) return;
  drop_all();
  lab_unlock(&lock);
}

static void arm_one(struct lab_timer *entry) {
  if (entry->timer >= 0) (lab_timer_rate.armed ? lab_timer_resume : lab_timer_pause)(entry);
}

void lab_timers_arm(bool on) {
  lab_lock(&lock);
  if (LAB_LOAD(&active) && lab_timer_rate.armed != on) {
    lab_timer_rate.armed = on;
    each(arm_one);
  }
  lab_unlock(&lock);
}

// MARK: - Births and ends

static void thread_begins(struct lab_thread *thread) {
  if (!atomic_load(&active)) return;
  lab_lock(&lock);
  int tid = LAB_LOAD(&thread->tid);
  struct lab_timer **met = find(tid);
  bool from_birth = true;
  if (*met) {
    // A scan saw this thread first, or one of the same id that has ended.
    from_birth = LAB_LOAD(&(*met)->reported) == 0;
    remove_at(met);
  }
  struct lab_timer *entry = LAB_LOAD(&active) ? insert(tid, thread) : NULL;
  if (entry) {
    entry->born = lab_timer_rate.session;
    lab_timer_make(entry, from_birth);
  }
  lab_unlock(&lock);
}

/// A timer is looked at once a kernel tick, so what a thread used since the last is still owed: it is charged to the
/// thread's start function.
static void thread_ends(struct lab_thread *thread, bool blocked) {
  if (!atomic_load(&active)) return;
  lab_lock(&lock);
  struct lab_timer **at = find(LAB_LOAD(&thread->tid));
  if (*at && (*at)->thread == thread) {
    uint64_t weight = lab_timer_owed(*at);
    remove_at(at);
    if (blocked) lab_lose(LAB_LOSS_cpu_blocked, weight);
    else if (weight) lab_cpu_charge_exit(thread, weight);
  }
  lab_unlock(&lock);
}

static struct lab_thread_watcher watcher = {.begins = thread_begins, .ends = thread_ends};

// MARK: - Fork: timers and other threads do not follow into the child.

static void before_fork(void) { lab_lock(&lock); }
static void after_fork_in_parent(void) { lab_unlock(&lock); }

static void after_fork_in_child(void) {
  atomic_store(&active, false);
  lab_timer_rate.armed = false;
  for (int b = 0; b < BUCKETS; b++)
    while (buckets[b]) {
      struct lab_timer *entry = buckets[b];
      buckets[b] = entry->next;
      give_entry(entry);
    }
  lab_unlock(&lock);
}

__attribute__((constructor(LAB_STARTS_TIMERS))) static void prepare_timers(void) {
  pthread_atfork(before_fork, after_fork_in_parent, after_fork_in_child);
  lab_threads_watch(&watcher);
}
#endif
