// Walking the calling thread's stack, physical and (for Swift's async functions) logical.
#pragma once
#include <stddef.h>
#include <stdint.h>
#pragma GCC visibility push(hidden)

/// Builds the unwind table of every loaded module, or of those loaded since. Cheap when nothing changed.
/// Not async-signal-safe; allocates by mmap only.
void lab_unwind_prepare(void);

/// Has `lab_unwind_prepare` do nothing from now on: what is loaded after this is the profiler's, at the program's end.
void lab_unwind_freeze(void);

/// Bits above an address of the process mark it as one of a module that is gone.
#define LAB_ADDRESS_BITS 48

/// In a stack too deep to be kept whole, an "address" below this tells how many frames are left out there: no code lies
/// so low. With LAB_LEFT_OUT_AT_LEAST set, there were more, which nobody counted.
#define LAB_LEFT_OUT 0x10000
#define LAB_LEFT_OUT_AT_LEAST 0x8000

/// The file name of the module that was unloaded and had `pc`; null if there is none.
const char *lab_unwind_departed(uintptr_t pc);

/// What the table is made of.
struct lab_unwind_statistics {
  size_t modules, rows, bytes, rules, async_functions;
  uint64_t build_nanoseconds;
};
struct lab_unwind_statistics lab_unwind_statistics(void);

#pragma GCC visibility pop
