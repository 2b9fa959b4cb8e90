// What each thread keeps for the profiler: a hot part in thread-local storage, and a part in a pool.
#pragma once
#include "base/atomics.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#pragma GCC visibility push(hidden)

/// How many sampled sessions of the heap take turns with a thread's counters: see heap/sample.h.
#define LAB_HEAP_TURNS 8

/// The hot part. Of the kind of storage that a signal handler may touch, and malloc: no lazy allocation.
struct lab_self {
  /// By turn, the bytes up to and with the next that is sampled; negative numbers wrap while a hook hands over to
  /// another.
  uint64_t countdown[LAB_HEAP_TURNS];
  uint64_t random;       ///< state of xorshift64; 0: not seeded
  uint32_t heap_session; ///< the last one that the thread took part in
  uint32_t inside;       ///< > 0 in the profiler: see lab_enter
  uint32_t ignored;      ///< > 0 while the thread works for the profiler
  /// The label set of synchronous code outside any task; 0: none.
  uint32_t labels;
  /// The thread's own stack, if known: wherever sp lies in it, everything from there to the top is mapped.
  uintptr_t stack_lo, stack_hi;
  /// The part in the pool. Null of a thread that `pthread_create` did not make, and at a thread's end.
  struct lab_thread *thread;
  /// Whether the program believes that SIGPROF is blocked here, while in the kernel's mask it is not. Changed by
  /// `lab_thread_believes`.
  bool blocks;
  /// The innermost task that runs here, of the session that the thread took part in last: see tasks/task.h.
  struct lab_task *task;
  uintptr_t actor;           ///< whose lock that task has, as far as it is known; 0: none's
  struct lab_making *making; ///< what is being made here
  struct lab_ends *ends;     ///< see habits/families.h; null: there is no memory
  uint64_t ended_at;         ///< ticks: when the task ended that ran here last; 0: another runs
  struct lab_task *spare;    ///< records to be used next
  uint32_t spares, task_session;
  int tid;                   ///< as it was when the thread began to take part
  uint64_t use_noted_at; ///< ticks: see habits/kept.h
  bool is_watched;       ///< whether the next task's wait for the thread is looked at: see habits/kept.h
  bool is_own;           ///< whether the thread is the profiler's
  bool writes;           ///< whether it writes a profile: what it loads for that means its signals for other programs
};
extern __thread struct lab_self lab_self __attribute__((tls_model("initial-exec")));

enum lab_thread_state {
  LAB_THREAD_FREE = 0,
  LAB_THREAD_MADE, ///< handed to a thread that has not begun
  LAB_THREAD_LIVE,
};

/// The part in the pool. Never unmapped, so that handlers, scans and drains may read it after the thread's death; by
/// then it may be another thread's.
struct lab_thread {
  _Atomic uint32_t state; ///< enum lab_thread_state
  _Atomic int tid;
  _Atomic uintptr_t pointer; ///< from which its thread-local storage is counted
  _Atomic bool rests;     ///< whether it sleeps in the profiler, and not where the program had it sleep
  _Atomic uint64_t woken; ///< when a signal that the profiler handles came to it last, by lab_now; 0: never
  _Atomic bool blocks;    ///< as in `lab_self`, for other threads to read
  bool is_main;           ///< whether the process has its id
  bool inherits_block;    ///< whether the program believes that the thread begins with SIGPROF blocked
  bool is_counted;        ///< whether its making was
  uint32_t number;        ///< for lab_thread_at
  _Atomic uint32_t next;  ///< in the pool, the next free one's number + 1
  _Atomic uint32_t lives; ///< how many threads have had it
  uint64_t stack_bytes;   ///< how large its stack is at least, without guard
  void *(*start)(void *);
  void *argument;
  /// How many tasks were made and ended on threads that have had it. Counted by these alone.
  _Atomic uint64_t tasks_made, tasks_ended;
  /// The stack that made it, a number of the hooks' table, and what that goes on from: the stack that made the maker, or 0.
  /// The first is 0 if nobody counted.
  uint32_t made_by, made_below;
  /// What tasks have done on it, made when there is something and left to the next thread: see habits/families.h.
  _Atomic(struct lab_tally *) *_Atomic tallies;
  struct lab_ends *_Atomic ends;
  /// What the heap's walks remember, made once and left to the next thread; counted for whom by `lives`.
  void *memo;
  /// What handlers run on if the program has no stack for them, made once and left to the next thread.
  void *signal_stack;
};

// MARK: - The pool (pool.c)

/// One that is free; null if there is no memory. Lock-free, async-signal-safe.
struct lab_thread *lab_thread_take(void);
/// Gives it back.
void lab_thread_give(struct lab_thread *thread);
/// Numbers from 0 to this, exclusive, have been given out.
uint32_t lab_thread_count(void);
/// One by its number, whatever its state; null if it is being made.
struct lab_thread *lab_thread_at(uint32_t number);
/// In the child of a fork: gives all back but the calling thread's.
void lab_threads_forget_others(const struct lab_thread *own);

// MARK: - The calling thread

/// The one guard of whoever records in a hook: whether the profiler may do something on this thread. False if it is
/// already, in what was interrupted; then the hook does nothing but call the real function.
static inline bool lab_enter(void) {
  if (lab_self.inside) return false;
  lab_self.inside = 1;
  // The compiler may not move what is between these out, for a handler that interrupts it may look.
  atomic_signal_fence(memory_order_seq_cst);
  return true;
}

static inline void lab_leave(void) {
  atomic_signal_fence(memory_order_seq_cst);
  lab_self.inside = 0;
}

/// Notes what the program believes of SIGPROF on this thread.
static inline void lab_thread_believes(bool blocks) {
  lab_self.blocks = blocks;
  if (lab_self.thread) LAB_STORE(&lab_self.thread->blocks, blocks);
}

/// Notes whether the calling thread sleeps for the profiler.
static inline void lab_thread_rests(bool rests) {
  if (lab_self.thread) LAB_STORE(&lab_self.thread->rests, rests);
}

#pragma GCC visibility pop
