#include <stdint.h>

extern const char __executable_start;

/// The address of the call of this function in the file of the program; C because Swift cannot ask who called it.
__attribute__((noinline)) uint64_t fixture_here(void) {
  return (uint64_t)__builtin_return_address(0) - 1 - (uint64_t)&__executable_start;
}
