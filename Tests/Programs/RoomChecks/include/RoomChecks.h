// What tests ask of single rooms of the hooks, which show nothing of themselves to anybody else.
#pragma once
#include <stdint.h>

/// Interns the same stacks on so many threads at once, at the first of which the table grows; returns how often two
/// threads got different numbers for a stack, or a stack read back was not the one put in.
int lab_check_stacks(int threads, int stacks);
/// Has stacks go on from other stacks, with labels and without; how much was wrong when they were read back.
int lab_check_stacks_below(void);
/// Fills a table of stacks twice, clearing it between; how much was wrong then.
int lab_check_full_table(void);

/// Adds up under one lock on so many threads; returns how far the sum is from the right one.
int64_t lab_check_lock(int threads, int rounds);
/// Whether a lock that is held is not given to others, not even to those that wait a while, and is afterwards.
int lab_check_lock_is_exclusive(void);

/// Takes and gives thread parts on so many threads; returns how often one was somebody else's at the time.
int lab_check_pool(int threads, int rounds);

/// What a thread of that stack size knows of its own stack, against what the C library says. 0: all is right. A bit
/// each: 1: not learnt, 2: it reaches beyond the stack, 4: the frame it was asked in is outside, 8: more than four
/// pages too small. `guard`: bytes, -1: as usual; `own_stack`: the program's memory.
int lab_check_stack_bounds(uint64_t bytes, int64_t guard, int own_stack);

/// Tells which pages were written to by a table of ours, where pages have so many bytes; how much was wrong.
int lab_check_pages(uint64_t bytes);

/// Has so many threads write into the sampler's buffer of so many records while one reads; returns how many records
/// were neither read whole nor counted as lost.
int64_t lab_check_buffer(int threads, int rounds, int records);

/// Runs the frame descriptions of damaged copies of this program's; returns how many rows they had. Whatever reads
/// beyond a copy dies.
int64_t lab_check_damaged_frames(int copies, uint64_t seed);

/// What the kernel answers, by the way of the C library and past it: errno as it was, the same id.
int lab_check_system_call(void);
