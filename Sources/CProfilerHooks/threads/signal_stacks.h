// Stacks for signal handlers, for threads that have none: one that has used up its own stack cannot even be told so.
#pragma once
#pragma GCC visibility push(hidden)

/// From now on gives one to the calling thread and to those that begin, unless they have their own; the program does
/// not see it. Not async-signal-safe.
void lab_signal_stacks_begin(void);

#pragma GCC visibility pop
