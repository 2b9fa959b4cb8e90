// Signals before whose usual effect something of ours is done: our handler stands in the kernel, and the program sees
// what it would see without.
#pragma once
#include <signal.h>
#include <stdbool.h>
#pragma GCC visibility push(hidden)

typedef void (*lab_stand_in_handler)(int number, siginfo_t *info, void *context);

/// Before what a handler stands in.
enum lab_stand_in_reach {
  LAB_BEFORE_DEFAULT = 1,   ///< before the signal's default
  LAB_BEFORE_IGNORED = 2,   ///< and where it is ignored
  LAB_BEFORE_REPORTERS = 4, ///< and before handlers that there are already, or that report crashes
};

/// From now on has `handler` called. What the program sets later, for the signal to be handled or ignored, replaces it
/// unless that is within reach; and whenever the program goes back to the default, it stands again. Returns whether it
/// stands now. Not async-signal-safe.
bool lab_stand_in(int number, unsigned reach, lab_stand_in_handler handler);
/// What is called when the program replaces a handler by one of its own, with all signals blocked; null: nothing.
void lab_stand_in_on_replaced(void (*action)(int number));

/// What the program believes, and would happen without us. Async-signal-safe.
struct sigaction lab_stand_in_believed(int number);
/// Gives the signal back: the kernel has what the program believes, and it is no matter of ours any more.
/// Async-signal-safe.
void lab_stand_in_end(int number);
/// Gives all back. Async-signal-safe.
void lab_stand_ins_end(void);

/// For the functions that set dispositions (signal_calls.c): whether it is such a signal.
bool lab_stand_in_knows(int number);
/// What `sigaction` does.
int lab_stand_in_change(int number, const struct sigaction *disposition, struct sigaction *former);
/// Whether handlers that `signal` installs are to end calls early; and what `siginterrupt` notes of it.
bool lab_stand_in_interrupts(int number);
void lab_stand_in_interrupt(int number, bool interrupts);

#pragma GCC visibility pop
