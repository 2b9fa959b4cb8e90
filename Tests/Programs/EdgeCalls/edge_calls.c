// C because the functions are to be what C's compilers make of them. They call one another and qsort.
#include "edge_calls.h"
#include <stdlib.h>
#include <string.h>

#define OWN __attribute__((noinline, used)) OF_PLATFORM
#if defined(__aarch64__)
// Return addresses are signed where the processor can, as in the libraries of most distributions.
#define OF_PLATFORM __attribute__((target("branch-protection=standard")))
#else
#define OF_PLATFORM
#endif

OWN uint64_t edge_c_leaf(uint64_t x) { return x * 0x9e3779b97f4a7c15u ^ x >> 29; }

OWN uint64_t edge_c_saves(uint64_t x, uint64_t (*f)(uint64_t)) {
  uint64_t a = x + 1, b = x * 3, c = x ^ 5, d = x >> 1, e = x << 2, g = x * 7;
  uint64_t first = f(a), second = f(b ^ first), third = f(c + second);
  return first ^ second * 3 ^ third * 5 ^ a ^ b ^ c ^ d ^ e ^ g;
}

OWN uint64_t edge_c_early(uint64_t x, uint64_t (*f)(uint64_t)) {
  if (x & 3) return x + 11;
  return f(x) * 13 + f(x + 2);
}

OWN uint64_t edge_c_jumps(uint64_t x, uint64_t (*f)(uint64_t)) { return f(x + 17); }

OWN uint64_t edge_c_large(uint64_t x, uint64_t (*f)(uint64_t)) {
  volatile char room[20000];
  room[x % sizeof room] = (char)x;
  return f(x + 19) + (uint64_t)room[x % sizeof room];
}

static OWN int edge_c_order(const void *a, const void *b) {
  uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
  return (x > y) - (x < y);
}

OWN uint64_t edge_c_sorts(uint64_t x) {
  uint64_t words[6] = {x * 7, x * 5 ^ 9, x >> 3, x ^ 0xff, x * 11, x + 23};
  qsort(words, 6, sizeof *words, edge_c_order);
  return words[2] + 29;
}

OWN uint64_t edge_c_moves(uint64_t x, uint64_t (*f)(uint64_t)) {
  volatile uint64_t *room = __builtin_alloca(16 + x % 256 * 8);
  room[x % 2] = x;
  return f(x + 31) + room[x % 2];
}
