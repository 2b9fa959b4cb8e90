// Ends by signals: of those that end a program by default, of crashes, and the signal that asks for a look.
#pragma once
#include <stdbool.h>
#pragma GCC visibility push(hidden)

/// Stands in for the signals that end the program, and for the one that asks for a look (0: none). Not
/// async-signal-safe.
void lab_signals_begin(int look);
/// Gives all of them back. Async-signal-safe.
void lab_signals_end(void);

/// On the writer's thread, when all is written and the program runs on: gives all of them back, and ends the process if
/// one came meanwhile that does.
void lab_signals_leave(void);

/// On the writer's thread: writes, and ends the process by the signal that came.
void lab_signal_end_process(void);
/// Whether a signal is ending the process; then nothing else does. Async-signal-safe.
bool lab_signal_is_ending(void);
/// Waits for that end, but not for ever. Async-signal-safe.
void lab_signal_await_end(void);

/// On a thread of ours: lets faults of its own reach the handler, which they do not while they are blocked.
void lab_signals_unblock_crashes(void);

/// Where the program aborts and has a handler for that itself, which may come back: writes first. Async-signal-safe.
void lab_signal_before_abort(void);

/// The number of a signal, `SIGUSR1`, `USR1` or `10`; 0 if there is none of that name that may ask for a look.
int lab_signal_named(const char *name);

#pragma GCC visibility pop
