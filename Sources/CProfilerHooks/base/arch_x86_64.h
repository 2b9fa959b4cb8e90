// x86_64: registers, frame layouts and instructions. HACKING.md tells what a port needs.
#pragma once
#include <cpuid.h>
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <ucontext.h>

/// Enters the kernel. rcx and r11 are its own (System V psABI, A.2.1).
static inline long lab_system_call_6(long number, long a, long b, long c, long d, long e, long f) {
  long result;
  register long r10 __asm__("r10") = d, r8 __asm__("r8") = e, r9 __asm__("r9") = f;
  __asm__ volatile("syscall"
                   : "=a"(result)
                   : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
                   : "rcx", "r11", "memory");
  return result;
}

/// The registers a stack walk needs.
struct lab_registers {
  uintptr_t pc;
  uintptr_t sp;
  uintptr_t fp;
  /// r14: Swift's async context on entry to an async function.
  uintptr_t context;
};

/// DWARF numbers of the registers above (System V psABI, figure 3.36).
enum { LAB_DWARF_FP = 6, LAB_DWARF_SP = 7, LAB_DWARF_CONTEXT = 14, LAB_DWARF_RETURN = 16 };

/// A call pushes the return address: it lies right below the CFA, whatever else is saved.
#define LAB_RETURNS_BY_REGISTER 0
static inline uintptr_t lab_return_address(uintptr_t word) { return word; }
/// No call frame instruction is about signed return addresses.
static inline bool lab_cfi_is_of_signing(uint8_t op) { return (void)op, false; }

/// Swift sets this bit in the frame pointer that an async frame saves; the frame's context lies one word below.
#define LAB_ASYNC_FRAME_BIT ((uintptr_t)1 << 60)
/// The smallest pages there are, and those there are.
#define LAB_PAGE ((uintptr_t)4096)
static inline uintptr_t lab_page_bytes(void) { return LAB_PAGE; }
/// The program's addresses are below 2 to this.
#define LAB_USER_BITS 47

static inline struct lab_registers lab_registers_of(const ucontext_t *context) {
  const greg_t *g = context->uc_mcontext.gregs;
  return (struct lab_registers){(uintptr_t)g[REG_RIP], (uintptr_t)g[REG_RSP], (uintptr_t)g[REG_RBP],
                                (uintptr_t)g[REG_R14]};
}

/// Where in a signal frame the registers lie that `lab_registers_of` reads: from the first byte to the last word.
static inline void lab_registers_extent(const ucontext_t *context, uintptr_t *first, uintptr_t *last) {
  *first = (uintptr_t)&context->uc_mcontext.gregs[REG_R8];
  *last = (uintptr_t)&context->uc_mcontext.gregs[REG_RIP];
}

/// The context of a signal frame, when its handler has returned.
static inline const ucontext_t *lab_interrupted_context(uintptr_t sp) { return (const ucontext_t *)sp; }

/// Where main is, read from what the program does first: it hands it to the C library, by `lea`, through its table of
/// addresses or as it is. 0 if it does otherwise.
static inline uintptr_t lab_main_of(const unsigned char *entry) {
  for (const unsigned char *at = entry; at < entry + 64; at++) {
    int32_t operand;
    __builtin_memcpy(&operand, at + 3, sizeof operand);
    const unsigned char *target = at + 7 + operand;
    if (at[0] != 0x48) continue;
    if (at[1] == 0x8d && at[2] == 0x3d) return (uintptr_t)target;
    if (at[1] == 0x8b && at[2] == 0x3d) return *(const uintptr_t *)target;
    if (at[1] == 0xc7 && at[2] == 0xc7) return (uintptr_t)(uint32_t)operand;
  }
  return 0;
}

/// The registers here and now. Inlined, so that they are the calling function's.
static inline __attribute__((always_inline)) struct lab_registers lab_registers_here(void) {
  struct lab_registers r;
  __asm__ volatile("leaq 0(%%rip), %0\n\tmovq %%rsp, %1\n\tmovq %%rbp, %2\n\tmovq %%r14, %3"
                   : "=&r"(r.pc), "=&r"(r.sp), "=&r"(r.fp), "=&r"(r.context));
  return r;
}

/// Whether the page at `page` can be read: an impossible `how` makes the kernel read the set and refuse it.
/// Async-signal-safe; 0.4 us. Technique: Abseil, `AddressIsReadable`.
static inline bool lab_page_is_readable(uintptr_t page) {
  return lab_system_call_6(SYS_rt_sigprocmask, ~0L, (long)page, 0, 8, 0, 0) != -EFAULT;
}

/// One stretch of a prologue: from byte `from` of the function on the CFA is `offset` beyond sp, or beyond fp, and the
/// caller's fp is saved at `fp` from the CFA, where that is not 0.
struct lab_prologue_row {
  int16_t from, offset, fp;
  bool by_fp;
};
enum { LAB_PROLOGUE_ROWS = 3 };

/// The prologue that every framed Swift async function begins with: its rows, the last of which holds from where the frame
/// is set up; false if this is none.
/// [bts $60, %rbp;] push %rbp; push %r14; lea 8(%rsp), %rbp.
static inline bool lab_async_prologue(const uint8_t *code, uintptr_t size, struct lab_prologue_row rows[LAB_PROLOGUE_ROWS]) {
  static const uint8_t mark[] = {0x48, 0x0f, 0xba, 0xed, 0x3c}, frame[] = {0x55, 0x41, 0x56, 0x48, 0x8d, 0x6c, 0x24, 8};
  if (size < sizeof mark + sizeof frame) return false;
  int16_t skip = __builtin_memcmp(code, mark, sizeof mark) == 0 ? sizeof mark : 0;
  if (__builtin_memcmp(code + skip, frame, sizeof frame) != 0) return false;
  rows[0] = (struct lab_prologue_row){0, 8, 0, false};
  rows[1] = (struct lab_prologue_row){(int16_t)(skip + 1), 16, -16, false};
  rows[2] = (struct lab_prologue_row){(int16_t)(skip + (int)sizeof frame), 16, -16, true};
  return true;
}

/// Whether async functions have the caller's frame pointer back at this instruction, though tables say so only behind it:
/// btr $60, %rbp.
static inline bool lab_frame_pointer_is_back(const uint8_t *code) {
  static const uint8_t mark[] = {0x48, 0x0f, 0xba, 0xf5, 0x3c};
  for (unsigned i = 0; i < sizeof mark; i++)
    if (code[i] != mark[i]) return false;
  return true;
}

/// Whether a part of an async function that is resumed is about to put its own context into its frame, where its prologue
/// has put that of the function that it has awaited: sub $8, %place; mov %own, (%place). Reads from 4 bytes before `code` to
/// LAB_STORE_REACH behind it.
enum { LAB_STORE_REACH = 32 };
static inline bool lab_context_is_due(const uint8_t *code) {
  for (const uint8_t *at = code - 4; at < code + LAB_STORE_REACH - 6; at++)
    if ((at[0] & 0xfe) == 0x48 && at[1] == 0x83 && (at[2] & 0xf8) == 0xe8 && at[3] == 8 && (at[4] & 0xf8) == 0x48 &&
        at[5] == 0x89)
      return true;
  return false;
}

/// A clock that costs a few nanoseconds: counts by itself, at a rate of its own, on all processors alike.
static inline uint64_t lab_ticks(void) { return __builtin_ia32_rdtsc(); }

/// Whether that rate never changes and the count never stops (CPUID 80000007, edx, bit 8: invariant TSC).
static inline bool lab_ticks_are_steady(void) {
  unsigned a, b, c, d;
  return __get_cpuid(0x80000007u, &a, &b, &c, &d) != 0 && (d & 1u << 8) != 0;
}

/// Whether the processor computes CRC-32C by itself (CPUID 1, ecx, bit 20: SSE4.2), and eight bytes' part of one.
static inline bool lab_has_checksum(void) {
  unsigned a, b, c, d;
  return __get_cpuid(1, &a, &b, &c, &d) != 0 && (c & 1u << 20) != 0;
}
static inline uint64_t lab_checksum_step(uint64_t sum, uint64_t bytes) {
  __asm__("crc32q %1, %0" : "+r"(sum) : "rm"(bytes));
  return sum;
}

/// Where thread-local storage is counted from.
static inline uintptr_t lab_thread_pointer(void) {
  uintptr_t pointer;
  __asm__("movq %%fs:0, %0" : "=r"(pointer));
  return pointer;
}

/// That storage lies below it, in what the stack ends with.
#define LAB_STORAGE_IS_ABOVE 0

/// What the C library adds to the flags of a signal's disposition, and is given back with them: SA_RESTORER.
#define LAB_ACTION_FLAGS 0x04000000

/// The clock of a thread's CPU time, for any thread of this process (kernel: CPUCLOCK_SCHED | CPUCLOCK_PERTHREAD).
static inline int lab_thread_clock(int tid) { return (int)(~(unsigned)tid << 3 | 6); }

/// The body of a naked function that goes on at the address in a member of a table: one jump, and none of the frame
/// that a C function sets up before it.
#define LAB_JUMP_THROUGH(table, type, member) \
  __asm__ volatile("jmpq *" #table "+%c0(%%rip)" : : "i"(__builtin_offsetof(type, member)))

/// The type of relocation that fills in a slot for calls.
#define LAB_CALL_SLOT R_X86_64_JUMP_SLOT

/// Whether a call slot's value is still the one it is linked with, which asks the dynamic linker to fill in the slot:
/// [endbr64;] push $number.
static inline bool lab_is_unbound(const uint8_t *code, uint64_t number) {
  static const uint8_t branch_target[] = {0xf3, 0x0f, 0x1e, 0xfa};
  uint32_t pushed;
  if (__builtin_memcmp(code, branch_target, sizeof branch_target) == 0) code += sizeof branch_target;
  __builtin_memcpy(&pushed, code + 1, sizeof pushed);
  return code[0] == 0x68 && pushed == number;
}

/// Where a function begins whose jumps shall not cross or end at a multiple of 32: some Intel processors decode such
/// ones anew each time (erratum "jump conditional code"). Its first 32 bytes hold all that is run often.
#define LAB_ALIGNED_JUMPS __attribute__((aligned(32)))

/// The body of a naked function with a size for its argument. It takes the size from the counter at `offset` in the
/// thread-local `thread`. If something is left it goes on at the address in a member of a table, else at `due`, with
/// `number` for a second argument.
#define LAB_COUNT_DOWN_AND_JUMP(thread, offset, due, number, table, type, member)                            \
  __asm__ volatile("movq " #thread "@gottpoff(%%rip), %%rax\n\tsubq %%rdi, %%fs:%c0(%%rax)\n\tjbe 1f\n\t"   \
                   "jmpq *" #table "+%c2(%%rip)\n1:\n\tmovl %1, %%esi\n\tjmp " #due                         \
                   : : "i"(offset), "i"(number), "i"(__builtin_offsetof(type, member)))

/// The body of a naked function with an address for its argument. If byte `address / 16 % 2^14` of `filter` is 0 it
/// goes on at the address in a member of a table, else at `marked`.
#define LAB_FILTER_AND_JUMP(filter, marked, table, type, member)                                               \
  __asm__ volatile("imull $1 << 14, %%edi, %%eax\n\tshrl $18, %%eax\n\tleaq " #filter "(%%rip), %%rcx\n\t"    \
                   "cmpb $0, (%%rcx,%%rax)\n\tjne 1f\n\tjmpq *" #table "+%c0(%%rip)\n1:\n\tjmp " #marked      \
                   : : "i"(__builtin_offsetof(type, member)))

// For the scan of memory for references.

/// Bytes below the stack pointer that a leaf function may use without moving it (System V psABI, 3.2.2).
#define LAB_RED_ZONE 128
/// Bits of a word that Swift puts tags into, above and below an object's address.
#define LAB_POINTER_MASK 0x00fffffffffffff8ull
/// Counting bits in one instruction.
#define LAB_POPCOUNT __attribute__((target("popcnt")))

/// Whether the bytes at `pc`, or before it, are the instruction that enters the kernel.
static inline bool lab_enters_kernel(uintptr_t pc) {
  const uint8_t *code = (const uint8_t *)pc;
  bool follows = pc % LAB_PAGE >= 2 && code[-2] == 0x0f && code[-1] == 0x05;
  return follows || (code[0] == 0x0f && code[1] == 0x05);
}

#define LAB_CALLEE_SAVED 6
/// The registers that a function finds as its caller left them. Inlined, so that they are the calling function's.
static inline __attribute__((always_inline)) void lab_callee_saved(uintptr_t out[LAB_CALLEE_SAVED]) {
  __asm__ volatile("movq %%rbx, 0(%0)\n\tmovq %%rbp, 8(%0)\n\tmovq %%r12, 16(%0)\n\tmovq %%r13, 24(%0)\n\t"
                   "movq %%r14, 32(%0)\n\tmovq %%r15, 40(%0)" : : "r"(out) : "memory");
}

/// All registers of a signal frame, as words.
#define LAB_REGISTER_COUNT (sizeof(gregset_t) / sizeof(greg_t))
static inline void lab_copy_registers(const ucontext_t *context, uintptr_t out[LAB_REGISTER_COUNT]) {
  __builtin_memcpy(out, context->uc_mcontext.gregs, sizeof(gregset_t));
}

/// Those among them that a stack walk needs.
static inline struct lab_registers lab_registers_in(const uintptr_t words[LAB_REGISTER_COUNT]) {
  return (struct lab_registers){words[REG_RIP], words[REG_RSP], words[REG_RBP], words[REG_R14]};
}

/// Where a signal frame has registers that may hold addresses for a moment beside those: memmove moves them through
/// vectors, and what it has read and not written yet is nowhere else. Those of SSE, and where the frame says that there is
/// more of them, up to its end. No call leaves any of them alone, so that none is in use where the kernel is being entered.
/// Source: kernel, arch/x86/include/uapi/asm/sigcontext.h; Intel's manual, volume 1, 13.4.
enum { LAB_VECTOR_PARTS = 1 };
static inline void lab_vectors_of(const ucontext_t *context, uintptr_t start[LAB_VECTOR_PARTS],
                                  uintptr_t limit[LAB_VECTOR_PARTS]) {
  enum { FIRST = 160, END = 416, SAYS = 464, WORD = 0x46505853, SIZE = 16, HEADER_END = 576, MOST = 1 << 16 };
  uintptr_t area = (uintptr_t)context->uc_mcontext.fpregs;
  uint32_t word, size;
  start[0] = limit[0] = 0;
  if (area == 0 || lab_enters_kernel((uintptr_t)context->uc_mcontext.gregs[REG_RIP])) return;
  __builtin_memcpy(&word, (const char *)area + SAYS, sizeof word);
  __builtin_memcpy(&size, (const char *)area + SAYS + SIZE, sizeof size);
  start[0] = area + FIRST;
  limit[0] = area + (word == WORD && size > HEADER_END && size <= MOST ? size & ~7u : END);
}

/// What a thread asked of the kernel; an sp of 0 if nothing.
#define LAB_CALL_ARGUMENTS 6
#define LAB_NO_CALL UINTPTR_MAX
typedef struct lab_kernel_call {
  uintptr_t number, arguments[LAB_CALL_ARGUMENTS], sp, pc;
} lab_kernel_call;

/// Where the arguments are: rdi, rsi, rdx, r10, r8, r9.
static inline int lab_call_register(unsigned argument) {
  static const int registers[LAB_CALL_ARGUMENTS] = {REG_RDI, REG_RSI, REG_RDX, REG_R10, REG_R8, REG_R9};
  return registers[argument];
}

/// Whether the signal of this frame comes right after a call that failed so.
static inline bool lab_call_has_failed(const ucontext_t *context, int error) {
  const uint8_t *pc = (const uint8_t *)context->uc_mcontext.gregs[REG_RIP];
  return context->uc_mcontext.gregs[REG_RAX] == -error && pc[-2] == 0x0f && pc[-1] == 0x05;
}

/// An argument of the call that the signal of this frame came right after.
static inline uintptr_t lab_call_argument(const ucontext_t *context, unsigned argument) {
  return (uintptr_t)context->uc_mcontext.gregs[lab_call_register(argument)];
}

/// The call that a signal came right after, as far as the code before tells: its number is loaded as a constant there
/// (mov $number, %eax), within so many bytes. `LAB_NO_CALL` for its number if not.
static inline lab_kernel_call lab_call_before(const ucontext_t *context) {
  enum { LOAD = 0xb8, LOAD_BYTES = 5, CALL_BYTES = 2, BEFORE = 24 };
  const greg_t *g = context->uc_mcontext.gregs;
  const uint8_t *pc = (const uint8_t *)g[REG_RIP];
  lab_kernel_call call = {.number = LAB_NO_CALL, .sp = (uintptr_t)g[REG_RSP], .pc = (uintptr_t)g[REG_RIP]};
  for (int i = 0; i < LAB_CALL_ARGUMENTS; i++) call.arguments[i] = (uintptr_t)g[lab_call_register((unsigned)i)];
  for (const uint8_t *at = pc - CALL_BYTES - LOAD_BYTES; at >= pc - BEFORE && call.number == LAB_NO_CALL; at--) {
    uint32_t number;
    __builtin_memcpy(&number, at + 1, sizeof number);
    if (*at == LOAD && number < 1024) call.number = number;
  }
  return call;
}

/// Whether the signal of this frame has ended the call.
static inline bool lab_call_was_interrupted(const ucontext_t *context, const lab_kernel_call *call) {
  const greg_t *g = context->uc_mcontext.gregs;
  if (g[REG_RAX] != -EINTR || (uintptr_t)g[REG_RIP] != call->pc || (uintptr_t)g[REG_RSP] != call->sp) return false;
  for (unsigned i = 0; i < LAB_CALL_ARGUMENTS; i++)
    if ((uintptr_t)g[lab_call_register(i)] != call->arguments[i]) return false;
  return true;
}

/// Whether a thread with these registers was interrupted while the call lasted: it is made again by the kernel, or has
/// ended.
static inline bool lab_call_lasted(struct lab_registers registers, const lab_kernel_call *call) {
  enum { CALL_BYTES = 2 };
  bool is_there = registers.pc == call->pc || registers.pc == call->pc - CALL_BYTES;
  return is_there && registers.sp == call->sp;
}

/// Goes back before the instruction that enters the kernel, two bytes, with all that it takes: the call's number is in
/// rax.
static inline void lab_call_again(ucontext_t *context, const lab_kernel_call *call) {
  context->uc_mcontext.gregs[REG_RAX] = (greg_t)call->number;
  for (unsigned i = 0; i < LAB_CALL_ARGUMENTS; i++)
    context->uc_mcontext.gregs[lab_call_register(i)] = (greg_t)call->arguments[i];
  context->uc_mcontext.gregs[REG_RIP] -= 2;
}
