// Locks of the Swift half's that a fork waits for, so that a child finds the state they guard as it should be.
#pragma once
#pragma GCC visibility push(hidden)

/// The lock under which profilers are started, shared and stopped. Not async-signal-safe. Not reentrant.
void lab_sessions_lock(void);
void lab_sessions_unlock(void);

/// The same of what the program keeps in profiles of its own. Held for short, and never together with the other.
void lab_custom_lock(void);
void lab_custom_unlock(void);

#pragma GCC visibility pop
