// Stacks that Swift code has taken: numbers in the table that all who count in hooks share.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#pragma GCC visibility push(hidden)

/// What no stack stands for: one that could not be taken, and all beyond the table's bound.
enum { LAB_STACK_NONE = 0, LAB_STACK_OVERFLOW = 1 };

/// How many frames of a stack are kept; of a deeper one frames in the middle are left out.
enum { LAB_STACK_FRAMES = 512 };

/// Readies the table and what the walk goes by; false if there is no memory. Not async-signal-safe.
bool lab_stacks_prepare(void);

/// The stack of the calling thread with the labels in force, after lab_stacks_prepare. It begins with the first
/// function that is not of the profiler's C half. `is_cut`: whether frames are left out. LAB_STACK_NONE if this thread is
/// in the profiler already. Takes some microseconds; async-signal-safe.
uint32_t lab_stack_here(bool *is_cut);

/// Writes a stack's return addresses, leaf first; returns how many. `labels` gets the label set, 0 if none.
/// Async-signal-safe.
size_t lab_stack_read(uint32_t stack, uintptr_t *pcs, size_t capacity, uint64_t *labels);

#pragma GCC visibility pop
