// Says lines on stderr, where it is still what it was.
#pragma once
#include <stdbool.h>
#pragma GCC visibility push(hidden)

/// Notes what descriptor 2 is now.
void lab_stderr_note(void);
/// Whether it still is. Async-signal-safe.
bool lab_stderr_is_as_before(void);

/// Says one line made of these texts, up to a null; nothing if descriptor 2 is another file by now. Does no harm if
/// nobody reads it. Async-signal-safe.
__attribute__((sentinel)) void lab_say(const char *first, ...);

/// What is done between the two ends no program: see stderr.c. Async-signal-safe.
struct lab_shield {
  unsigned long before[2];
  bool waited[2];
};
struct lab_shield lab_shield(void);
void lab_unshield(const struct lab_shield *shield);

#pragma GCC visibility pop
