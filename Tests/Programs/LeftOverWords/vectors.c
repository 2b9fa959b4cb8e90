// C, for the instructions by which a word is in a register for vectors and nowhere else.
#define _GNU_SOURCE
#include "LeftOverWords.h"

#if defined(__x86_64__)
/// In the lower half of the first sixteen bytes.
static uintptr_t hold_low(uintptr_t changed, volatile int *state) {
  uintptr_t word;
  __asm__ volatile("movq %1, %%xmm7\n\tmovq %2, %%xmm6\n\tpxor %%xmm6, %%xmm7\n\tmovl $1, (%3)\n1:\n\tpause\n\t"
                   "cmpl $1, (%3)\n\tje 1b\n\tpxor %%xmm6, %%xmm7\n\tmovq %%xmm7, %0"
                   : "=&r"(word) : "r"(changed), "r"(WORD_CHANGE), "r"(state) : "xmm6", "xmm7", "memory", "cc");
  return word;
}

/// In the upper half of the second, which the kernel keeps elsewhere.
__attribute__((target("avx"))) static uintptr_t hold_high(uintptr_t changed, volatile int *state) {
  uintptr_t word;
  __asm__ volatile("vmovq %1, %%xmm7\n\tvmovq %2, %%xmm6\n\tvpxor %%xmm6, %%xmm7, %%xmm7\n\tvpslldq $8, %%xmm7, %%xmm7\n\t"
                   "vxorps %%xmm5, %%xmm5, %%xmm5\n\tvinsertf128 $1, %%xmm7, %%ymm5, %%ymm5\n\t"
                   "vxorps %%xmm7, %%xmm7, %%xmm7\n\tmovl $1, (%3)\n1:\n\tpause\n\tcmpl $1, (%3)\n\tje 1b\n\t"
                   "vextractf128 $1, %%ymm5, %%xmm7\n\tvpsrldq $8, %%xmm7, %%xmm7\n\tvpxor %%xmm6, %%xmm7, %%xmm7\n\t"
                   "vmovq %%xmm7, %0\n\tvzeroupper"
                   : "=&r"(word) : "r"(changed), "r"(WORD_CHANGE), "r"(state) : "xmm5", "xmm6", "xmm7", "memory", "cc");
  return word;
}

static bool has_high(void) { return __builtin_cpu_supports("avx"); }
#elif defined(__aarch64__)
static uintptr_t hold_low(uintptr_t changed, volatile int *state) {
  uintptr_t word;
  __asm__ volatile("fmov d7, %1\n\tfmov d6, %2\n\teor v7.8b, v7.8b, v6.8b\n\tmov w9, #1\n\tstr w9, [%3]\n1:\n\tyield\n\t"
                   "ldr w9, [%3]\n\tcmp w9, #1\n\tb.eq 1b\n\teor v7.8b, v7.8b, v6.8b\n\tfmov %0, d7"
                   : "=&r"(word) : "r"(changed), "r"(WORD_CHANGE), "r"(state) : "x9", "v6", "v7", "memory", "cc");
  return word;
}

static uintptr_t hold_high(uintptr_t changed, volatile int *state) {
  uintptr_t word;
  __asm__ volatile("fmov d7, %1\n\tfmov d6, %2\n\teor v7.8b, v7.8b, v6.8b\n\tmov v7.d[1], v7.d[0]\n\tmov v7.d[0], xzr\n\t"
                   "mov w9, #1\n\tstr w9, [%3]\n1:\n\tyield\n\tldr w9, [%3]\n\tcmp w9, #1\n\tb.eq 1b\n\t"
                   "mov v7.d[0], v7.d[1]\n\teor v7.8b, v7.8b, v6.8b\n\tfmov %0, d7"
                   : "=&r"(word) : "r"(changed), "r"(WORD_CHANGE), "r"(state) : "x9", "v6", "v7", "memory", "cc");
  return word;
}

static bool has_high(void) { return true; }
#else
static uintptr_t hold_low(uintptr_t changed, volatile int *state) { return *state = 1, changed; }
static uintptr_t hold_high(uintptr_t changed, volatile int *state) { return *state = 1, changed; }
static bool has_high(void) { return false; }
#endif

bool vectors_are_wide(void) { return has_high(); }

uintptr_t hold_in_vector(uintptr_t changed, bool high, volatile int *state) {
  return high ? hold_high(changed, state) : hold_low(changed, state);
}
