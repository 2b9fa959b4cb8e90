// SIGPROF is the profiler's: libdispatch's workers block nearly every other signal. Its users share one handler.
#pragma once
#include <signal.h>

/// Installs the handler, once and for good: a late SIGPROF must never kill. 0, or -1 if the program has its own.
/// Not async-signal-safe.
int lab_signal_install(void);

/// Whether the handler is still ours.
int lab_signal_is_ours(void);

/// What to do with a SIGPROF sent to one thread by tgkill (another thread stops this one). Runs in the handler:
/// async-signal-safe functions only. Null: nothing.
void lab_signal_on_request(void (*action)(siginfo_t *info, void *context));
