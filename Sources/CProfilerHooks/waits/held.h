// The locks that a thread has: what it waits for meanwhile, those wait for who want them.
//
// Of mutexes and read-write locks of the C library, and of queues, it is known while waits are recorded. A `Mutex` of
// Swift's that is free is taken by an instruction in the program itself, which nobody sees; of one that others wait for
// its word says whose it is.
#pragma once
#include "base/atomics.h"
#include <stdbool.h>
#include <stdint.h>
#pragma GCC visibility push(hidden)

/// The calling thread has a lock, or no more. One that it has several times it gives back as often.
void lab_held_add(const void *lock);
void lab_held_remove(const void *lock);
/// The same of a call that may have failed, and its result.
int lab_held_got(const void *lock, int error);

/// Threads that wait for a `Mutex`: from before to after; a place for the second call. Null, and counted, if there are
/// too many.
typedef struct lab_awaited_mutex lab_awaited_mutex;
lab_awaited_mutex *lab_mutex_is_awaited(const void *mutex);
void lab_mutex_is_awaited_no_more(lab_awaited_mutex *place);

/// Whether the calling thread has a lock, as far as it is known, that is not the runtime's own.
bool lab_holds_lock(void);
/// Whether it has one that somebody waits for.
bool lab_holds_awaited_lock(void);

#pragma GCC visibility pop
