// What the C library keeps of each thread beside its stack, and how it is recognized in memory: by a mark in it. Source:
// glibc, nptl/descr.h, struct pthread; nptl/allocatestack.c.
#pragma once
#include "base/arch.h"
#include "lab_threads.h"
#include <stdbool.h>
#include <stdint.h>
#pragma GCC visibility push(hidden)

#if LAB_STORAGE_IS_ABOVE
enum { LAB_MARK_ALIGNMENT = 16, LAB_MARK_BYTES = 16 };
#else
enum { LAB_MARK_ALIGNMENT = 64, LAB_MARK_BYTES = 24 };
#endif

/// Whether the mark of a thread lies at an address of that alignment, where that many bytes can be read; or of one that has
/// ended: libc keeps it for the next. Reads by way of the kernel what lies elsewhere.
bool lab_marks_thread(uintptr_t mark);
/// Where that thread's storage is counted from.
uintptr_t lab_marked_pointer(uintptr_t mark);

#pragma GCC visibility pop
