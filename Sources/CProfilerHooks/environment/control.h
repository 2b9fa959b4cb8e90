// The control socket: whoever may ends up here to have the running program captured.
#pragma once
#include <stdbool.h>
#pragma GCC visibility push(hidden)

/// Notes what the environment asks for: LAB_CONTROL=1. `library`: what is preloaded, null if nothing. Not
/// async-signal-safe.
void lab_control_read(const char *library);

/// Begins to answer, if it is asked for, and arms what costs next to nothing. Says why it cannot. Not
/// async-signal-safe.
void lab_control_begin(void);

/// Answers no more: waits until captures under way have been handed over, but not long, and takes the socket away. Not
/// async-signal-safe.
void lab_control_end(void);
/// Waits until the kernel knows its threads no more, but not long.
void lab_control_await_end(void);

/// In the child of a fork: it has none. Async-signal-safe.
void lab_control_forget(void);

#pragma GCC visibility pop
