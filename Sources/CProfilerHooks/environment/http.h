// Serving profiles while the program runs, on the word of the environment.
#pragma once
#include <stdbool.h>
#pragma GCC visibility push(hidden)

/// Reads LAB_HTTP and its like, and begins what is to be served: before the program does anything. Not
/// async-signal-safe.
void lab_http_arm(void);
/// Begins to serve, if that was asked for: when Swift is ready. Not async-signal-safe.
void lab_http_start(void);
/// Calls `visit` with the name of each variable that says such a thing.
void lab_each_http_variable(void (*visit)(const char *name, void *context), void *context);

#pragma GCC visibility pop

/// Whether these functions lie in a library that is preloaded, which serves later than it is made ready: from where the
/// program begins on. Weak, and so not hidden; only its address means something.
extern const char lab_serves_from_start __attribute__((weak));
