// Call frame instructions (DWARF 5, 6.4) of one function, run row by row.
#pragma once
#include "unwind/unwind.h"
#pragma GCC visibility push(hidden)

/// Receives each row: from `pc` on, `rule` holds.
typedef void (*lab_row_sink)(void *state, uintptr_t pc, struct lab_rule rule);

/// Sends the rows of the frame description entry at `fde`. Reads only inside lo ..< hi.
/// Returns the function's range in `start` and `end`; false if the entry is malformed.
bool lab_run_fde(uintptr_t fde, uintptr_t data_base, uintptr_t lo, uintptr_t hi, uintptr_t *start, uintptr_t *end,
                 lab_row_sink sink, void *state);

/// A DWARF pointer of the given encoding at `*at`, which moves past it. 0 if it is not inside lo ..< hi.
uintptr_t lab_read_encoded(const uint8_t **at, const uint8_t *end, uint8_t encoding, uintptr_t data_base);

#pragma GCC visibility pop
