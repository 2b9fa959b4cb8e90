// What the parts that share SIGPROF with the program share.
#pragma once
#include "base/lock.h"
#include "hooks/hooks.h"
#include "threads/signal.h"
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#pragma GCC visibility push(hidden)

/// Takes a lock with all signals blocked, for `sigaction` may be called in a handler that interrupted its owner.
/// Returns the mask before.
static inline sigset_t lab_lock_signals(struct lab_lock *lock) {
  sigset_t all, before;
  sigfillset(&all);
  lab_real.pthread_sigmask(SIG_SETMASK, &all, &before);
  lab_lock(lock);
  return before;
}

static inline void lab_unlock_signals(struct lab_lock *lock, sigset_t before) {
  lab_unlock(lock);
  lab_real.pthread_sigmask(SIG_SETMASK, &before, NULL);
}

// MARK: - The state (signal.c)

/// Whether our handler stands in the place of what the program wants done with SIGPROF.
bool lab_signal_is_held(void);
/// Whether SIGPROF is also kept out of the masks that the kernel is given. From the first signal on that is the
/// program's own, it is not.
bool lab_signal_is_masked(void);

/// Replaces what the program believes to be its disposition, SIG_DFL or SIG_IGN with its flags, and returns the former.
/// Null: only returns it.
struct sigaction lab_signal_believe(const struct sigaction *disposition);
/// Gives SIGPROF back to the program, which is about to install a handler: no signal of ours comes after this.
void lab_signal_displace(void);

/// Sets or clears SIGPROF in the calling thread's mask in the kernel; returns whether it was set. Async-signal-safe.
bool lab_signal_block(bool blocks);

// MARK: - The functions of libc that we stand before (signal_calls.c, program_starts.c)

/// To be called first on each thread. `creator_blocks`: whether the program believes that SIGPROF was blocked where the
/// thread was made.
void lab_signal_thread_begins(bool creator_blocks);
/// Whether a thread made here with these attributes begins with SIGPROF blocked, as the program sees it.
bool lab_signal_thread_inherits(const pthread_attr_t *attributes);

/// Has signalfds wait for SIGPROF again that were made without it. Async-signal-safe.
void lab_signal_restore_descriptors(void);

#pragma GCC visibility pop
