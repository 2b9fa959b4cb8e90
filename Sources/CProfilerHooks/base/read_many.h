// Many small reads of memory that may go away meanwhile.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#pragma GCC visibility push(hidden)

/// Copies `bytes` bytes from each address to `out`, one after the other; `were_read` says of each whether it was there.
/// Some hundred nanoseconds each, where a call for each would take microseconds. False if the kernel forbids it.
bool lab_read_many(const uintptr_t *addresses, size_t count, size_t bytes, void *out, bool *were_read);

#pragma GCC visibility pop
