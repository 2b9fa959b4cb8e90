// What is known of the program's threads.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#pragma GCC visibility push(hidden)

/// Where threads' functions return to: an address in the C library's `start_thread`, whose name is in its debug symbols
/// alone. 0 before there was a thread.
uintptr_t lab_threads_caller(void);

/// What a system call is called in which threads wait, by its number; null of any other.
const char *lab_thread_call_name(int call);

typedef struct lab_threads_sight {
  size_t count;
  uint64_t cpu_nanoseconds; ///< what all of them have used so far
  bool is_runnable;         ///< whether one of them runs, or waits for a processor
} lab_threads_sight;

/// Looks at the program's threads; the profiler's own are not among them. 0, or an errno as a negative number.
int lab_threads_look(lab_threads_sight *out);

/// Whether no thread of the program's is left, so that those of the profiler's own are all that keeps the process.
bool lab_program_is_over(void);
/// Ends the calling thread, one of the profiler's own, where that is so, as the program would have ended without it: what
/// ends last has its status. Returns where it has to end as threads do.
void lab_program_leave(void);

/// Gives the calling thread, one of the profiler's own, and those that it starts, a table of descriptors of their own: the
/// program gets the numbers that it would have got without us, closes nothing of ours, and its children by fork have none of
/// it. What the program has open is closed in it, or we would keep it open. False if the system refuses: then all is as it
/// was.
bool lab_thread_separates_descriptors(void);

/// Runs `body` on a thread of the profiler's own, which nobody waits for: it is in no profile, and not among the
/// program's threads. 0 or an errno.
int lab_thread_detach_own(void *(*body)(void *), void *argument);

/// Whether the C library's description of a thread has its id at this address. Reads memory by way of the kernel.
bool lab_thread_keeps_id_at(uintptr_t address);

#pragma GCC visibility pop
