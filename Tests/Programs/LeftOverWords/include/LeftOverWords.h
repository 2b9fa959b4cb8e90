// Words left where nobody uses them: on the stacks of libdispatch's threads, in malloc's lists of what is free; and one in
// use that lies in a register for vectors alone. All words that are handed over are changed, so that nothing takes them for
// addresses.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// How they are changed.
#define WORD_CHANGE 0x5555555555555555ul

/// Leaves words on the stacks of as many threads of libdispatch's, which then wait for work.
void leave_on_idle_stacks(const uintptr_t *changed, int count);

/// How many of the words lie on the stacks of threads that sleep on a word of memory.
int count_on_idle_stacks(const uintptr_t *changed, int count);

/// Has all threads share the memory that malloc has had from the start.
void share_one_arena(void);
/// A block of more than malloc keeps for a thread, of one of many sizes.
void *new_filler(void);
/// Frees each filler that lies behind one of the tasks at these addresses and its stack's first block, which follows it:
/// malloc's lists then have the addresses of these blocks' last words. Returns how many there were.
int free_fillers_behind(const uintptr_t *changed, int count);

/// Has a word, as it was before the change, in a register for vectors and nowhere else, from when `*state` is 1 until
/// another thread stores something else there. `high`: in the highest part, if `vectors_are_wide`. Returns it changed again.
uintptr_t hold_in_vector(uintptr_t changed, bool high, volatile int *state);
/// Whether vectors have a part that signal frames keep apart from the first.
bool vectors_are_wide(void);
