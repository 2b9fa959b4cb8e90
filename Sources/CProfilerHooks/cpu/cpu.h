// What the parts of the sampler share.
#pragma once
#include "base/atomics.h"
#include "base/losses.h"
#include "lab_cpu.h"
#include "threads/thread.h"
#include <stdbool.h>
#include <stdint.h>
#pragma GCC visibility push(hidden)

// MARK: - A thread's timer (timers.c). All with the lock of threads.c held.

/// A thread's timer on its CPU clock. Never unmapped: signals carry its address.
struct lab_timer {
  int tid, timer; ///< timer: the kernel's number, or -1
  /// The session that recorded when the thread began; 0: none.
  int born;
  /// What the thread keeps, and the how manieth thread it is that does; null of one that was only found by scanning.
  struct lab_thread *thread;
  uint32_t life;
  /// CPU time of the thread, in ns, at which its timer expires first.
  uint64_t first_expiry;
  /// Periods that its signals have reported since.
  _Atomic uint64_t reported;
  /// CPU time of the thread when the timer was paused.
  uint64_t paused_at;
  /// Periods that expired before a pause and were not reported any more: its next sample stands for them too.
  _Atomic uint64_t carried;
  struct lab_timer *next;
};

/// How all timers run.
struct lab_timer_rate {
  uint64_t period; ///< nanoseconds of CPU time
  int session;     ///< marks their signals
  bool armed;
};
extern struct lab_timer_rate lab_timer_rate;

/// Makes the kernel's timer; false if it refuses, which is counted. `from_birth`: the thread began during this
/// recording, so what it used so far counts too.
bool lab_timer_make(struct lab_timer *entry, bool from_birth);
void lab_timer_drop(struct lab_timer *entry);
void lab_timer_pause(struct lab_timer *entry);
/// Goes on where the pause began: a round shorter than a tick would else never be sampled.
void lab_timer_resume(struct lab_timer *entry);
/// Whether the timer's thread has ended, though another may have its id by now.
bool lab_timer_is_dead(const struct lab_timer *entry);
/// Periods of a thread that its signals have not reported: little, unless it blocks them.
uint64_t lab_timer_owed(const struct lab_timer *entry);

// MARK: - The threads that have one (threads.c)

/// Begins and ends timers on every thread. `session` marks their signals.
void lab_timers_begin(uint64_t period, int session);
void lab_timers_end(void);
/// Periods that are owed by threads that block the signal at this moment.
uint64_t lab_timers_owed(void);
void lab_timers_arm(bool armed);
/// Finds threads not met yet and forgets those gone. Returns how many the program has.
int lab_timers_scan(void);
/// What the program ended with where its last thread was the main one and ended by a bare system call; else -1.
int lab_timers_bare_status(void);
/// Deletes all timers because SIGPROF is the program's from now on. Gives up if it cannot have the lock: a program that
/// dies must not be held up.
void lab_timers_displace(void);

// MARK: - The buffer between handlers and helper (buffer.c)

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
struct lab_record *lab_buffer_peek(void);
void lab_buffer_consume(void);

// MARK: - What was measured on each stack (entries.c)

/// Guards the entries, and the end of the buffer that records are taken from.
void lab_entries_lock(void);
void lab_entries_unlock(void);
/// Adds to a stack's figures; false if there is no room. With the lock held. May change the record.
bool lab_entries_add(struct lab_record *record);
/// False if there is no memory.
bool lab_entries_open(void);
void lab_entries_clear(void);
uint64_t lab_entries_count(void);
uint64_t lab_entries_bytes(void);

// MARK: - The session (sampler.c)

enum { LAB_HANDLER_TIMES = 256, LAB_HANDLER_STEP = 50 }; ///< of so many nanoseconds each

struct lab_cpu_counters {
  _Atomic uint64_t samples, weight, async, handler_nanoseconds, frames, threads;
  /// Handlers by the time they took; the last counts all longer ones.
  _Atomic uint64_t handlers[LAB_HANDLER_TIMES];
  _Atomic int last_error;
};
extern struct lab_cpu_counters lab_cpu_counters;
/// The number of the timers' signals: see lab_signal_register_timers.
extern unsigned lab_cpu_signals;

/// Begins what the environment asks for; returns why it cannot, or null.
const char *lab_cpu_begin(long hertz);

/// Charges `weight` periods to the start function of the ending, calling thread.
void lab_cpu_charge_exit(const struct lab_thread *thread, uint64_t weight);

#pragma GCC visibility pop
