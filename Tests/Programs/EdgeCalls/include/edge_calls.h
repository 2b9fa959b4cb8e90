// Functions whose prologues and epilogues are C's: described at every instruction, where Swift's are not.
#pragma once
#include <stdint.h>

uint64_t edge_c_leaf(uint64_t x);
/// Saves many registers and calls `f`.
uint64_t edge_c_saves(uint64_t x, uint64_t (*f)(uint64_t));
/// Returns before it has a frame, three times of four.
uint64_t edge_c_early(uint64_t x, uint64_t (*f)(uint64_t));
/// Jumps to `f`.
uint64_t edge_c_jumps(uint64_t x, uint64_t (*f)(uint64_t));
/// Has a frame of several pages.
uint64_t edge_c_large(uint64_t x, uint64_t (*f)(uint64_t));
/// Calls `f` by way of the C library's qsort.
uint64_t edge_c_sorts(uint64_t x);
/// Moves its stack pointer by what is known only when it runs.
uint64_t edge_c_moves(uint64_t x, uint64_t (*f)(uint64_t));
