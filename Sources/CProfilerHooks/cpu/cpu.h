// What the parts of the sampler share.
#pragma once
#include "lab_cpu.h"
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <time.h>
#pragma GCC visibility push(hidden)

static inline uint64_t lab_nanoseconds(clockid_t clock) {
  struct timespec t;
  clock_gettime(clock, &t);
  return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

// MARK: - Threads and their timers (cpu_threads.c)

struct lab_thread_state;

/// A thread with a timer, or made by us and waiting for one.
struct lab_thread {
  int tid, timer; ///< timer: the kernel's number, or -1
  /// The session that recorded when the thread began; 0: none.
  int born;
  /// Whether the program believes that the thread begins with SIGPROF blocked.
  bool inherits_block;
  /// What the thread keeps, from its beginning to its end; null of one that was only found by scanning.
  struct lab_thread_state *state;
  /// CPU time of the thread, in ns, at which its timer expires first.
  uint64_t first_expiry;
  /// Periods that its signals have reported since.
  _Atomic uint64_t reported;
  /// CPU time of the thread when the timer was paused.
  uint64_t paused_at;
  /// Periods that expired before a pause and were not reported any more: its next sample stands for them too.
  _Atomic uint64_t carried;
  void *(*start)(void *);
  void *argument;
  struct lab_thread *next;
};

/// Begins and ends timers on every thread. `session` marks their signals.
void lab_threads_begin(uint64_t period, int session);
void lab_threads_end(void);
void lab_threads_arm(bool armed);
/// Finds threads not met yet and forgets those gone. Returns how many the program has.
int lab_threads_scan(void);
/// What the program ended with where its last thread was the main one and ended by a bare system call; else -1.
int lab_threads_bare_status(void);
/// Deletes all timers because SIGPROF is the program's from now on. Gives up if it cannot have the lock: a program that
/// dies must not be held up.
void lab_threads_displace(void);
/// Calls `ask` for each thread that believes to block SIGPROF, and returns how many they are.
int lab_threads_ask_blocking(const void *mark, int (*ask)(int tid, const void *mark));
/// Calls `action` when the program's last thread ends after its main one.
void lab_threads_on_last_end(void (*action)(void));

/// The real pthread_create.
int lab_real_pthread_create(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);

// MARK: - The buffer between handlers and helper (cpu_buffer.c)

struct lab_record {
  _Atomic uint64_t turn;
  uint32_t depth, labels, flags;
  uint32_t nanoseconds; ///< the handler took
  uint64_t weight;
  uintptr_t pcs[LAB_CPU_MAX_DEPTH];
};

bool lab_buffer_begin(uint32_t records);
void lab_buffer_end(void);
/// A record to fill, or null if the buffer is full. Async-signal-safe, lock-free.
struct lab_record *lab_buffer_reserve(void);
void lab_buffer_commit(struct lab_record *record);
/// The oldest filled record, or null. One consumer only.
const struct lab_record *lab_buffer_peek(void);
void lab_buffer_consume(void);

// MARK: - Distinct stacks (cpu_stacks.c)

/// Guards the table, and the end of the buffer that records are taken from.
void lab_stacks_lock(void);
void lab_stacks_unlock(void);
/// Adds to a stack's figures; false if the table is full. With the lock held.
bool lab_stacks_add(const struct lab_record *record);
/// Marks the addresses from `lo` to `hi` recorded so far as those of a module that is gone.
void lab_stacks_retag(uintptr_t lo, uintptr_t hi, uintptr_t tag);
void lab_stacks_clear(void);
uint64_t lab_stacks_count(void);
uint64_t lab_stacks_bytes(void);

// MARK: - The session (cpu_sampler.c)

enum { LAB_HANDLER_TIMES = 256, LAB_HANDLER_STEP = 50 }; ///< of so many nanoseconds each

struct lab_cpu_counters {
  _Atomic uint64_t samples, weight, lost, unresolved, truncated, overflowed, exits, blocked, async, handler_nanoseconds, frames;
  _Atomic uint64_t threads, threads_missed;
  /// Handlers by the time they took; the last counts all longer ones.
  _Atomic uint64_t handlers[LAB_HANDLER_TIMES];
  _Atomic int last_error;
};
extern struct lab_cpu_counters lab_cpu_counters;

/// Begins what the environment asks for; returns why it cannot, or null.
const char *lab_cpu_begin(long hertz);

/// Takes a sample of the interrupted code. Async-signal-safe.
void lab_cpu_on_signal(siginfo_t *info, void *context);
/// Charges `weight` periods to the start function of the ending, calling thread.
void lab_cpu_charge_exit(struct lab_thread *thread, uint64_t weight);

static inline void lab_count(_Atomic uint64_t *counter, uint64_t n) {
  atomic_fetch_add_explicit(counter, n, memory_order_relaxed);
}

#pragma GCC visibility pop
