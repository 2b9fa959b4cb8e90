// SIGPROF is what the profiler works with: libdispatch's workers block nearly every other signal. It is the program's as
// well, which must not notice: see signal.c.
#pragma once
#include <signal.h>
#include <stdbool.h>
#pragma GCC visibility push(hidden)

/// Takes SIGPROF over; for good, since a late signal of ours must never kill. 0, or -1 if the program handles it itself.
/// Not async-signal-safe.
int lab_signal_install(void);

/// Whether the kernel still has our handler. A raw system call may have replaced it.
bool lab_signal_is_ours(void);

/// Whether SIGPROFs have come that are not ours, and that the program would have had to deal with.
bool lab_signal_is_shared(void);

/// What to do with a request to one thread (see lab_signal_request); it says whether there was one. Runs in the handler:
/// async-signal-safe functions only.
void lab_signal_on_request(bool (*action)(siginfo_t *info, void *context));

/// Has the handler run on one thread of this process. 0 or -1 with errno. Async-signal-safe.
int lab_signal_request(int tid);

/// Called when the program begins to handle SIGPROF: has to delete all timers. Runs with all signals blocked, perhaps in
/// a handler of the program that is about to die, so it must not wait long for a lock.
void lab_signal_on_displaced(void (*action)(void));

#pragma GCC visibility pop
