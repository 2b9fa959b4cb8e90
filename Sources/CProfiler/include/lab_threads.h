// What is known of the program's threads.
#pragma once
#include <stdint.h>
#pragma GCC visibility push(hidden)

/// Where threads' functions return to: an address in the C library's `start_thread`, whose name is in its debug symbols
/// alone. 0 before there was a thread.
uintptr_t lab_threads_caller(void);

/// What a system call is called in which threads wait, by its number; null of any other.
const char *lab_thread_call_name(int call);

#pragma GCC visibility pop
