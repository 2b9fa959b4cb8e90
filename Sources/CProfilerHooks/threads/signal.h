// SIGPROF is what the profiler works with: libdispatch's workers block nearly every other signal. It is the program's
// as well, which must not notice: see signal.c. Whoever wants something done by it registers.
#pragma once
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#pragma GCC visibility push(hidden)

/// Takes SIGPROF over; for good, since a late signal of ours must never kill. 0, or -1 if the program handles it
/// itself. Not async-signal-safe.
int lab_signal_install(void);

/// Whether the kernel still has our handler. A raw system call may have replaced it.
bool lab_signal_is_ours(void);

/// Whether SIGPROFs have come that are not ours, and that the program would have had to deal with.
bool lab_signal_is_shared(void);

/// What is done with a signal. Runs in the handler with all signals blocked: async-signal-safe functions only. Returns
/// whether it was meant for it.
typedef bool (*lab_signal_action)(siginfo_t *info, void *context);

/// A number for timers whose signals `action` takes. Before the program begins, as those below.
unsigned lab_signal_register_timers(lab_signal_action action);
/// A number for requests to threads that `action` takes. It is asked, too, of signals that have lost what they carried.
unsigned lab_signal_register_requests(lab_signal_action action);
/// Called when the program begins to handle SIGPROF: has to delete all timers. Runs with all signals blocked, perhaps
/// in a handler of the program that is about to die, so it must not wait long for a lock.
void lab_signal_on_displaced(void (*action)(void));

/// Has the handler run on one thread of this process. 0, or an errno as a negative number. Async-signal-safe.
int lab_signal_request(unsigned number, int tid);

/// What a timer's signals carry: whose they are, of which session, and an address.
void *lab_signal_mark(unsigned number, unsigned session, const void *address);
/// The session of a timer's signal, of which 12 bits are kept, and the address.
unsigned lab_signal_session(const siginfo_t *info);
void *lab_signal_address(const siginfo_t *info);
enum { LAB_SIGNAL_SESSIONS = 1 << 11 };

#pragma GCC visibility pop
