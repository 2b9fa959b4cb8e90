// Which calls of the runtime's are for actors.
#pragma once
#include <stdbool.h>
#include <stdint.h>
#pragma GCC visibility push(hidden)

/// Whether what is handed over at a place of the runtime, a return address, are actors with a queue of the runtime's
/// own. `object`: what it is this time. Async-signal-safe; looks at the object only when it first meets the place.
bool lab_takes_actors(uintptr_t place, uintptr_t object);

#pragma GCC visibility pop
