// The part of the fixture in C, which is also the part with DWARF 5: Swift writes DWARF 4.

#include <stdint.h>
#include <stdio.h>

extern const char __executable_start;

/// The address of the call of this function in the file of the program; C because Swift cannot ask who called it.
__attribute__((noinline)) uint64_t fixture_here(void) {
  __asm__ volatile("" ::: "memory");  // Else the optimizer moves the call to where its answer would be the same.
  return (uint64_t)__builtin_return_address(0) - 1 - (uint64_t)&__executable_start;
}

#line 500 "/fixture/here.c"
static inline __attribute__((always_inline)) void fixture_inner(int count) {
  for (int i = 0; i < count; i++)
    printf("c inlined %llu\n", (unsigned long long)fixture_here());
}

__attribute__((noinline)) void fixture_outer(int count) {
  if (count > 0)
    fixture_inner(count);
}
