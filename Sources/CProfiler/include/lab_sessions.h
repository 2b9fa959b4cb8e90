// The lock under which profilers are started, shared and stopped.
#pragma once
#pragma GCC visibility push(hidden)

/// Not async-signal-safe. Not reentrant. A fork waits for it, so that a child finds the state it guards as it should
/// be.
void lab_sessions_lock(void);
void lab_sessions_unlock(void);

#pragma GCC visibility pop
