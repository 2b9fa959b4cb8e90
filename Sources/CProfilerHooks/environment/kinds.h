// The kinds of profile that the environment asks for.
#pragma once
#include <stdbool.h>
#pragma GCC visibility push(hidden)

struct lab_kind {
  const char *name, *variable;
  const char *rate_variable; ///< "" if its rate cannot be set
  long usual_rate;           ///< 0 of a kind that C does not know: the Swift half has its own
  long highest_rate;
  bool at_crash;             ///< whether it can be made after a crash: of the profiler's own counts alone
  const char *(*begin)(long rate); ///< returns why not, or null; null if nothing is to be begun
};

/// Calls `visit` for each kind that C knows, and then for each that the environment asks for beside them, by a variable
/// LAB_…PROFILE: one made in Swift alone, whose name is the middle in lower case. What it is given lives for ever.
void lab_each_kind(void (*visit)(const struct lab_kind *kind, void *context), void *context);

/// Whether the program may be told by its environment what to do: not if it runs with more rights than its caller.
bool lab_environment_is_trusted(void);

#pragma GCC visibility pop
