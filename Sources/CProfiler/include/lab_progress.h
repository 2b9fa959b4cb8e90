// What the profiler is at while it writes, for whoever waits for it.
#pragma once
#pragma GCC visibility push(hidden)

/// Notes what is being done from now on, in words that live for ever: "naming functions". It is told on stderr if all
/// takes over a second. Async-signal-safe.
void lab_progress_at(const char *step);

#pragma GCC visibility pop
