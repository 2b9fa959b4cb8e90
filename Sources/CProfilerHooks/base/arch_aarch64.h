// aarch64: registers, frame layouts and instructions. HACKING.md tells what a port needs.
#pragma once
#include "base/instructions_aarch64.h"
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/auxv.h>
#include <sys/syscall.h>
#include <ucontext.h>

/// Enters the kernel, which keeps all registers but the one for its result.
static inline long lab_system_call_6(long number, long a, long b, long c, long d, long e, long f) {
  register long x8 __asm__("x8") = number, x0 __asm__("x0") = a, x1 __asm__("x1") = b, x2 __asm__("x2") = c,
                x3 __asm__("x3") = d, x4 __asm__("x4") = e, x5 __asm__("x5") = f;
  __asm__ volatile("svc #0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5) : "memory");
  return x0;
}

/// The registers a stack walk needs.
struct lab_registers {
  uintptr_t pc;
  uintptr_t sp;
  uintptr_t fp;
  /// x22: Swift's async context on entry to an async function.
  uintptr_t context;
  /// x30: where a function returns to, as long as it has called no other. May be signed.
  uintptr_t link;
};
/// Calls leave the return address in a register, and who is called saves it, or does not.
#define LAB_RETURNS_BY_REGISTER 1

/// DWARF numbers of the registers above (DWARF for the Arm 64-bit Architecture, 4.1).
enum { LAB_DWARF_FP = 29, LAB_DWARF_SP = 31, LAB_DWARF_CONTEXT = 22, LAB_DWARF_RETURN = 30 };
/// Whether a call frame instruction changes nothing but how the return address is signed, which does not matter here:
/// DW_CFA_AARCH64_negate_ra_state and its form with the place of the signing.
static inline bool lab_cfi_is_of_signing(uint8_t op) { return op == 0x2d || op == 0x2c; }

/// Swift sets this bit in the frame pointer that an async frame saves; the frame's context lies one word below.
#define LAB_ASYNC_FRAME_BIT ((uintptr_t)1 << 60)
/// The smallest pages there are. Larger ones, of 16 or 64 kB, are probed by parts, each of which is as readable as the
/// whole.
#define LAB_PAGE ((uintptr_t)4096)
/// The pages there are.
static inline uintptr_t lab_page_bytes(void) { return (uintptr_t)getauxval(AT_PAGESZ); }
/// The program's addresses are below 2 to this. (The kernel gives larger ones only to who asks for them by a hint.)
#define LAB_USER_BITS 48

/// A return address without its signature, which lies in the bits that no address has. The same as `xpaclri`, in one
/// instruction that any register will do for.
static inline uintptr_t lab_return_address(uintptr_t word) { return word & (((uintptr_t)1 << LAB_USER_BITS) - 1); }

static inline struct lab_registers lab_registers_of(const ucontext_t *context) {
  const mcontext_t *m = &context->uc_mcontext;
  return (struct lab_registers){m->pc, m->sp, m->regs[29], m->regs[22], m->regs[30]};
}

/// Where in a signal frame the registers lie that `lab_registers_of` reads: from the first byte to the last word.
static inline void lab_registers_extent(const ucontext_t *context, uintptr_t *first, uintptr_t *last) {
  *first = (uintptr_t)&context->uc_mcontext.regs[22];
  *last = (uintptr_t)&context->uc_mcontext.pc;
}

/// The context of a signal frame that lies at `sp`: behind the signal's description (kernel, struct rt_sigframe).
static inline const ucontext_t *lab_interrupted_context(uintptr_t sp) {
  enum { DESCRIPTION_BYTES = 128 }; // of siginfo_t
  return (const ucontext_t *)(sp + DESCRIPTION_BYTES);
}

/// Where main is, read from what the program does first: it hands it to the C library in x0, by an address made in two
/// steps or through its table of addresses. There or where that jumps to at once. 0 if it does otherwise.
static inline uintptr_t lab_main_of(const unsigned char *entry) {
  const uint32_t *code = (const uint32_t *)entry;
  uintptr_t page = 0, main = 0;
  for (int i = 0; i < 16 && main == 0; i++) {
    uint32_t w = code[i];
    if (a64_is_adrp(w, 0)) page = a64_adrp_target(w, (uintptr_t)&code[i]);
    else if (page != 0 && (w & 0xffc003ff) == 0x91000000) main = page + (w >> 10 & 0xfff);
    else if (page != 0 && (w & 0xffc003ff) == 0xf9400000) main = *(const uintptr_t *)(page + (w >> 10 & 0xfff) * 8);
    else if (a64_is_adr(w, 0)) main = a64_adr_target(w, (uintptr_t)&code[i]);
  }
  if (main == 0) return 0;
  const uint32_t *first = (const uint32_t *)main;
  if (*first == A64_BTI_C) first++;
  return a64_is_b(*first) ? a64_branch_target(*first, (uintptr_t)first) : main;
}

/// The registers here and now; pc is behind the instruction that reads it, as after a call. Inlined, so that they are the
/// calling function's.
static inline __attribute__((always_inline)) struct lab_registers lab_registers_here(void) {
  struct lab_registers r;
  __asm__ volatile("adr %0, .+4\n\tmov %1, sp\n\tmov %2, x29\n\tmov %3, x22\n\tmov %4, x30"
                   : "=&r"(r.pc), "=&r"(r.sp), "=&r"(r.fp), "=&r"(r.context), "=&r"(r.link));
  return r;
}

/// Whether the page at `page` can be read: an impossible `how` makes the kernel read the set and refuse it.
/// Async-signal-safe. Technique: Abseil, `AddressIsReadable`.
static inline bool lab_page_is_readable(uintptr_t page) {
  return lab_system_call_6(SYS_rt_sigprocmask, ~0L, (long)page, 0, 8, 0, 0) != -EFAULT;
}

/// One stretch of a prologue: from byte `from` of the function on the CFA is `offset` beyond sp, or beyond fp, and the
/// caller's fp is saved at `fp` from the CFA, where that is not 0.
struct lab_prologue_row {
  int16_t from, offset, fp;
  bool by_fp;
};
enum { LAB_PROLOGUE_ROWS = 2 };

/// The prologue of a framed Swift async function: its rows, the last of which holds from where the frame is set up; false
/// if this is none. Not fixed bytes: other saves lie between, and the order varies.
///     sub sp, sp, #size; stp x29, x30, [sp, #at]; str x22, [sp, #at - 8]; add x29, sp, #at
static inline bool lab_async_prologue(const uint8_t *code, uintptr_t size, struct lab_prologue_row rows[LAB_PROLOGUE_ROWS]) {
  enum { MOST = 24, NOWHERE = 1 };
  // All from where sp was on entry.
  int64_t sp = 0, record = NOWHERE, context = NOWHERE, pointer = NOWHERE, at;
  int set_up = 0;
  for (int i = 0; i < MOST && 4 * (uintptr_t)i + 4 <= size; i++) {
    uint32_t w;
    __builtin_memcpy(&w, code + 4 * i, sizeof w);
    if (a64_ends_block(w)) return false;
    sp += a64_sp_move(w);
    if (a64_saves_record(w, &at)) record = sp + at;
    if ((w & 0xffc003ff) == 0xf90003f6) context = sp + (int64_t)(w >> 10 & 0xfff) * 8;
    if (a64_is_sum(w, A64_FP, A64_SP, &at)) {
      pointer = sp + at;
      set_up = 4 * i + 4;
    }
    if (pointer == NOWHERE || context == NOWHERE) continue;
    if (record != pointer || context != pointer - 8 || pointer < INT16_MIN || pointer > -16) return false;
    rows[0] = (struct lab_prologue_row){0, 0, 0, false};
    rows[1] = (struct lab_prologue_row){(int16_t)set_up, (int16_t)-pointer, (int16_t)pointer, true};
    return true;
  }
  return false;
}

/// A clock that costs a few nanoseconds: counts by itself, at a rate of its own, on all processors alike.
static inline uint64_t lab_ticks(void) {
  uint64_t ticks;
  __asm__ volatile("mrs %0, cntvct_el0" : "=r"(ticks));
  return ticks;
}

/// Whether that rate never changes and the count never stops: the architecture says so (Arm ARM, D12, the generic timer).
static inline bool lab_ticks_are_steady(void) { return true; }

/// Whether the processor computes CRC-32C by itself, and eight bytes' part of one.
static inline bool lab_has_checksum(void) {
  enum { CRC32 = 1 << 7 }; // HWCAP_CRC32
  return (getauxval(AT_HWCAP) & CRC32) != 0;
}
static inline uint64_t lab_checksum_step(uint64_t sum, uint64_t bytes) {
  uint32_t next = (uint32_t)sum;
  __asm__(".arch_extension crc\n\tcrc32cx %w0, %w0, %1" : "+r"(next) : "r"(bytes));
  return next;
}

/// Where thread-local storage is counted from.
static inline uintptr_t lab_thread_pointer(void) {
  uintptr_t pointer;
  __asm__("mrs %0, tpidr_el0" : "=r"(pointer));
  return pointer;
}
/// That storage lies above it, between a thread's stack and the end of what the stack was mapped with.
#define LAB_STORAGE_IS_ABOVE 1

/// What the C library adds to the flags of a signal's disposition, and is given back with them: nothing.
#define LAB_ACTION_FLAGS 0

/// The clock of a thread's CPU time, for any thread of this process (kernel: CPUCLOCK_SCHED | CPUCLOCK_PERTHREAD).
static inline int lab_thread_clock(int tid) { return (int)(~(unsigned)tid << 3 | 6); }

/// The body of a naked function that goes on at the address in a member of a table: `bti c` for where branch targets are
/// enforced, and a jump by x16, the register for what linkers put between a call and its function.
#define LAB_JUMP_THROUGH(table, type, member)                                                              \
  __asm__ volatile("hint #34\n\tadrp x16, " #table "+%c0\n\tldr x16, [x16, :lo12:" #table "+%c0]\n\tbr x16" \
                   : : "i"(__builtin_offsetof(type, member)))

/// The type of relocation that fills in a slot for calls.
#define LAB_CALL_SLOT R_AARCH64_JUMP_SLOT

/// Whether a call slot's value is still the one it is linked with, which asks the dynamic linker to fill in the slot. All
/// lead to the same code, the first entry of the linkage table: [bti c;] stp x16, x30, [sp, #-16]!.
static inline bool lab_is_unbound(const uint8_t *code, uint64_t number) {
  (void)number;
  uint32_t first[2];
  __builtin_memcpy(first, code, sizeof first);
  return first[first[0] == A64_BTI_C] == 0xa9bf7bf0;
}

/// Where a function begins that is called most often.
#define LAB_ALIGNED_JUMPS __attribute__((aligned(32)))

/// The body of a naked function with a size for its argument. It takes the size from the counter at `offset` in the
/// thread-local `thread`. If something is left it goes on at the address in a member of a table, else at `due`, with
/// `number` for a second argument.
#define LAB_COUNT_DOWN_AND_JUMP(thread, offset, due, number, table, type, member)                                    \
  __asm__ volatile("hint #34\n\tmrs x9, tpidr_el0\n\tadrp x10, :gottprel:" #thread "\n\t"                           \
                   "ldr x10, [x10, :gottprel_lo12:" #thread "]\n\tadd x9, x9, x10\n\tldr x10, [x9, #%c0]\n\t"       \
                   "subs x10, x10, x0\n\tstr x10, [x9, #%c0]\n\tb.ls 1f\n\t"                                        \
                   "adrp x16, " #table "+%c2\n\tldr x16, [x16, :lo12:" #table "+%c2]\n\tbr x16\n"                   \
                   "1:\n\tmov w1, #%c1\n\tb " #due                                                                 \
                   : : "i"(offset), "i"(number), "i"(__builtin_offsetof(type, member)))

/// The body of a naked function with an address for its argument. If byte `address / 16 % 2^14` of `filter` is 0 it
/// goes on at the address in a member of a table, else at `marked`.
#define LAB_FILTER_AND_JUMP(filter, marked, table, type, member)                                                    \
  __asm__ volatile("hint #34\n\tubfx x9, x0, #4, #14\n\tadrp x10, " #filter "\n\tadd x10, x10, :lo12:" #filter      \
                   "\n\tldrb w9, [x10, x9]\n\tcbnz w9, 1f\n\tadrp x16, " #table "+%c0\n\t"                          \
                   "ldr x16, [x16, :lo12:" #table "+%c0]\n\tbr x16\n1:\n\tb " #marked                               \
                   : : "i"(__builtin_offsetof(type, member)))

// For the scan of memory for references.

/// Bytes below the stack pointer that a leaf function may use without moving it (AAPCS64, 6.4.5: none).
#define LAB_RED_ZONE 0
/// Bits of a word that Swift puts tags into, above and below an object's address.
#define LAB_POINTER_MASK 0x00fffffffffffff8ull
/// Counting bits needs no instruction that some processors lack.
#define LAB_POPCOUNT

/// Whether the instruction at `pc`, or the one before it, is the one that enters the kernel.
static inline bool lab_enters_kernel(uintptr_t pc) {
  const uint32_t *code = (const uint32_t *)pc;
  return (pc % LAB_PAGE >= 4 && code[-1] == A64_SVC) || code[0] == A64_SVC;
}

#define LAB_CALLEE_SAVED 19
/// The registers that a function finds as its caller left them: x19 to x29, and the lower halves of v8 to v15. Inlined, so
/// that they are the calling function's.
static inline __attribute__((always_inline)) void lab_callee_saved(uintptr_t out[LAB_CALLEE_SAVED]) {
  __asm__ volatile("stp x19, x20, [%0]\n\tstp x21, x22, [%0, #16]\n\tstp x23, x24, [%0, #32]\n\t"
                   "stp x25, x26, [%0, #48]\n\tstp x27, x28, [%0, #64]\n\tstr x29, [%0, #80]\n\t"
                   "stp d8, d9, [%0, #88]\n\tstp d10, d11, [%0, #104]\n\tstp d12, d13, [%0, #120]\n\t"
                   "stp d14, d15, [%0, #136]" : : "r"(out) : "memory");
}

/// The registers of a signal frame, as words: x0 to x30, sp, pc.
#define LAB_REGISTER_COUNT 33
static inline void lab_copy_registers(const ucontext_t *context, uintptr_t out[LAB_REGISTER_COUNT]) {
  for (int i = 0; i < 31; i++) out[i] = context->uc_mcontext.regs[i];
  out[31] = context->uc_mcontext.sp;
  out[32] = context->uc_mcontext.pc;
}

/// Those among them that a stack walk needs.
static inline struct lab_registers lab_registers_in(const uintptr_t words[LAB_REGISTER_COUNT]) {
  return (struct lab_registers){words[32], words[31], words[29], words[22], words[30]};
}

/// Where a signal frame has registers that may hold addresses for a moment beside those: memmove moves them through
/// vectors, and what it has read and not written yet is nowhere else. Records, one behind the other, of which one may say
/// that there are more elsewhere. Where the kernel is being entered a function was called for that, so that v8 to v15
/// alone are in use. Source: kernel, arch/arm64/include/uapi/asm/sigcontext.h.
enum { LAB_VECTOR_PARTS = 2 };
static inline void lab_vectors_of(const ucontext_t *context, uintptr_t start[LAB_VECTOR_PARTS],
                                  uintptr_t limit[LAB_VECTOR_PARTS]) {
  enum { VECTORS = 0x46508001, MORE = 0x45585401, HEAD = 8, FIRST = 16, VECTOR = 16, MOST = 1 << 20 };
  struct record {
    uint32_t word, size;
    uint64_t address;
    uint32_t bytes;
  };
  const unsigned char *records = context->uc_mcontext.__reserved;
  bool is_called = lab_enters_kernel(context->uc_mcontext.pc);
  size_t at = 0;
  for (int i = 0; i < LAB_VECTOR_PARTS; i++) start[i] = limit[i] = 0;
  while (at + sizeof(struct record) <= sizeof context->uc_mcontext.__reserved) {
    const struct record *record = (const struct record *)(records + at);
    if (record->word == 0 || record->size < HEAD) break;
    if (record->word == VECTORS && is_called) {
      start[0] = (uintptr_t)record + FIRST + 8 * VECTOR;
      limit[0] = (uintptr_t)record + FIRST + 16 * VECTOR;
      return;
    }
    if (record->word == MORE && record->bytes <= MOST) {
      start[1] = record->address;
      limit[1] = record->address + record->bytes;
    }
    at += record->size;
  }
  start[0] = (uintptr_t)records;
  limit[0] = (uintptr_t)records + (at < sizeof context->uc_mcontext.__reserved ? at : 0);
}

/// What a thread asked of the kernel; an sp of 0 if nothing.
#define LAB_CALL_ARGUMENTS 6
#define LAB_NO_CALL UINTPTR_MAX
typedef struct lab_kernel_call {
  uintptr_t number, arguments[LAB_CALL_ARGUMENTS], sp, pc;
} lab_kernel_call;

/// Whether the signal of this frame comes right after a call that failed so.
static inline bool lab_call_has_failed(const ucontext_t *context, int error) {
  const uint32_t *pc = (const uint32_t *)context->uc_mcontext.pc;
  return (int64_t)context->uc_mcontext.regs[0] == -error && pc[-1] == A64_SVC;
}

/// An argument of the call that the signal of this frame came right after. The result has taken the first one's place:
/// that is found in the register it was copied from, if there is one, or it is 0.
static inline uintptr_t lab_call_argument(const ucontext_t *context, unsigned argument) {
  if (argument > 0) return context->uc_mcontext.regs[argument];
  uintptr_t value = 0;
  a64_first_argument((const uint32_t *)context->uc_mcontext.pc - 1, (const uint64_t *)context->uc_mcontext.regs,
                     context->uc_mcontext.sp, &value);
  return value;
}

/// The call that a signal came right after, as far as the code before tells: its number is loaded as a constant there
/// (mov w8, #number), and so is its first argument or what it was copied from. `LAB_NO_CALL` for its number if not.
static inline lab_kernel_call lab_call_before(const ucontext_t *context) {
  const mcontext_t *m = &context->uc_mcontext;
  const uint32_t *call_at = (const uint32_t *)m->pc - 1;
  lab_kernel_call call = {.number = LAB_NO_CALL, .sp = m->sp, .pc = m->pc};
  uintptr_t number;
  if (!a64_constant_before(call_at, 8, &number)) return call;
  if (!a64_first_argument(call_at, (const uint64_t *)m->regs, m->sp, &call.arguments[0])) return call;
  for (int i = 1; i < LAB_CALL_ARGUMENTS; i++) call.arguments[i] = m->regs[i];
  call.number = number;
  return call;
}

/// Whether the signal of this frame has ended the call.
static inline bool lab_call_was_interrupted(const ucontext_t *context, const lab_kernel_call *call) {
  const mcontext_t *m = &context->uc_mcontext;
  if ((int64_t)m->regs[0] != -EINTR || m->pc != call->pc || m->sp != call->sp) return false;
  for (unsigned i = 1; i < LAB_CALL_ARGUMENTS; i++)
    if (m->regs[i] != call->arguments[i]) return false;
  return true;
}

/// Whether a thread with these registers was interrupted while the call lasted: it is made again by the kernel, or has
/// ended.
static inline bool lab_call_lasted(struct lab_registers registers, const lab_kernel_call *call) {
  bool is_there = registers.pc == call->pc || registers.pc == call->pc - 4;
  return is_there && registers.sp == call->sp;
}

/// Goes back before the instruction that enters the kernel, with all that it takes.
static inline void lab_call_again(ucontext_t *context, const lab_kernel_call *call) {
  mcontext_t *m = &context->uc_mcontext;
  m->regs[8] = call->number;
  for (int i = 0; i < LAB_CALL_ARGUMENTS; i++) m->regs[i] = call->arguments[i];
  m->pc -= 4;
}
