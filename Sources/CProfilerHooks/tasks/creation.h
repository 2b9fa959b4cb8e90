// Who made a task: a number for the stack that made it, below it the one that made its parent, and so on.
#pragma once
#include "base/arch.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#pragma GCC visibility push(hidden)

/// That nobody knows.
enum { LAB_CREATION_NONE = 0 };

/// Makes the tables, unless they are there; false if there is no memory.
bool lab_creation_open(void);

/// Creations are numbered from 0 to this, exclusive. Always more than 0.
uint32_t lab_creation_count(void);

/// The creation of a task that the code at `from` makes, in a task of that creation (LAB_CREATION_NONE: in none, or in
/// one that is not known).
///
/// A stack is walked but once: then what its frames lead to is remembered, and found again by a look at their return
/// addresses, which takes some 5 ns a frame. A stack that makes tasks which come by there again, as recursion does, is
/// followed LAB_CREATION_ROUNDS times; from then on its tasks count as of the last time. To be called on the task's own
/// thread, in a hook.
uint32_t lab_creation_here(const struct lab_registers *from, uint32_t parent);
enum { LAB_CREATION_ROUNDS = 3 };

#pragma GCC visibility pop
