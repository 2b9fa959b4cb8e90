// Instructions of aarch64, as far as it takes to see what they do to the stack, to the frame pointer and to the return
// address. Each is one word. Source: Arm Architecture Reference Manual, C4, "A64 instruction set encoding".
#pragma once
#include <stdbool.h>
#include <stdint.h>

enum { A64_FP = 29, A64_LINK = 30, A64_SP = 31 };
/// Lets calls end here, where branch targets are enforced; and what enters the kernel.
static const uint32_t A64_BTI_C = 0xd503245f, A64_SVC = 0xd4000001;

static inline int64_t a64_signed(uint64_t value, int bits) { return (int64_t)(value << (64 - bits)) >> (64 - bits); }
static inline uint32_t a64_target(uint32_t w) { return w & 31; }
static inline uint32_t a64_base(uint32_t w) { return w >> 5 & 31; }
static inline uint32_t a64_second(uint32_t w) { return w >> 10 & 31; }

// MARK: - Addresses

static inline bool a64_is_adr(uint32_t w, uint32_t to) { return (w & 0x9f00001f) == (0x10000000 | to); }
static inline bool a64_is_adrp(uint32_t w, uint32_t to) { return (w & 0x9f00001f) == (0x90000000 | to); }
static inline int64_t a64_address_part(uint32_t w) {
  return a64_signed((uint64_t)(w >> 5 & 0x7ffff) << 2 | (w >> 29 & 3), 21);
}
static inline uintptr_t a64_adr_target(uint32_t w, uintptr_t pc) { return pc + (uintptr_t)a64_address_part(w); }
/// Of pages of 4 kB, whatever the kernel's are.
static inline uintptr_t a64_adrp_target(uint32_t w, uintptr_t pc) {
  return (pc & ~(uintptr_t)0xfff) + ((uintptr_t)a64_address_part(w) << 12);
}

// MARK: - Branches

static inline bool a64_is_b(uint32_t w) { return (w & 0xfc000000) == 0x14000000; }
static inline uintptr_t a64_branch_target(uint32_t w, uintptr_t pc) {
  return pc + (uintptr_t)(a64_signed(w & 0x3ffffff, 26) * 4);
}
/// `b.cond`, `cbz`, `tbz` and their like, which may go on with the next instruction.
static inline bool a64_is_conditional(uint32_t w) {
  return (w & 0xff000000) == 0x54000000 || (w & 0x7c000000) == 0x34000000;
}
/// Branches to what is in a register, with their forms that check its signature.
static inline bool a64_is_register_branch(uint32_t w, uint32_t operation) {
  return (w & 0xfe000000) == 0xd6000000 && (w >> 21 & 7) == operation;
}
static inline bool a64_is_br(uint32_t w) { return a64_is_register_branch(w, 0); }
static inline bool a64_is_ret(uint32_t w) { return a64_is_register_branch(w, 2); }
static inline bool a64_is_call(uint32_t w) { return (w & 0xfc000000) == 0x94000000 || a64_is_register_branch(w, 1); }
/// `brk` and `udf`, where nothing goes on.
static inline bool a64_is_trap(uint32_t w) { return (w & 0xffe0001f) == 0xd4200000 || w >> 16 == 0; }
/// Whether what follows need not be run after it.
static inline bool a64_ends_block(uint32_t w) {
  return a64_is_b(w) || a64_is_conditional(w) || (w & 0xfe000000) == 0xd6000000 || a64_is_call(w) || a64_is_trap(w);
}

// MARK: - Loads and stores

/// `stp` and `ldp` of any registers.
static inline bool a64_is_pair(uint32_t w) { return (w & 0x3a000000) == 0x28000000; }
/// `str` and `ldr` of one, whose offset is not scaled and may be added to the base before or afterwards.
static inline bool a64_is_unscaled(uint32_t w) { return (w & 0x3b200000) == 0x38000000; }
static inline int64_t a64_pair_offset(uint32_t w) {
  bool is_vector = w >> 26 & 1;
  int shift = is_vector ? 2 + (int)(w >> 30) : w >> 31 ? 3 : 2;
  return a64_signed(w >> 15 & 0x7f, 7) * (1 << shift);
}

/// Whether it stores, or loads, general register `number` in eight bytes.
static inline bool a64_moves_register(uint32_t w, uint32_t number, bool loads) {
  uint32_t load = loads ? 0x00400000 : 0;
  // By pairs, at an offset, before it or after it: bits 23 and 24 say which.
  if ((w & 0xfe400000) == (0xa8000000 | load)) return a64_target(w) == number || a64_second(w) == number;
  bool is_one = (w & 0xffc00000) == (0xf9000000 | load) || (w & 0xffe00000) == (0xf8000000 | load);
  return is_one && a64_target(w) == number;
}

/// Whether it saves the register in a frame.
static inline bool a64_saves(uint32_t w, uint32_t number) {
  return a64_moves_register(w, number, false) && (a64_base(w) == A64_SP || a64_base(w) == A64_FP);
}
/// Whether it takes the register from memory: from a frame, or from what a context was kept in.
static inline bool a64_restores(uint32_t w, uint32_t number) { return a64_moves_register(w, number, true); }

/// Whether it saves frame pointer and return address side by side, and where from sp as it is afterwards.
static inline bool a64_saves_record(uint32_t w, int64_t *at) {
  if ((w & 0xff407fff) != 0xa9007bfd) return false;
  bool moves_sp = w >> 23 & 1;
  *at = moves_sp ? 0 : a64_pair_offset(w);
  return true;
}

// MARK: - The stack pointer

/// `add` or `sub` of a constant, without flags: to `to` from `from`; by how much.
static inline bool a64_is_sum(uint32_t w, uint32_t to, uint32_t from, int64_t *amount) {
  if ((w & 0xbf800000) != 0x91000000 || a64_target(w) != to || a64_base(w) != from) return false;
  int64_t constant = (int64_t)(w >> 10 & 0xfff) << (w >> 22 & 1 ? 12 : 0);
  *amount = w >> 30 & 1 ? -constant : constant;
  return true;
}

/// By how much it moves sp from where it is; 0 if it does not, or by what only registers tell.
static inline int64_t a64_sp_move(uint32_t w) {
  int64_t amount;
  if (a64_is_sum(w, A64_SP, A64_SP, &amount)) return amount;
  if (a64_base(w) != A64_SP) return 0;
  if (a64_is_pair(w) && w >> 23 & 1) return a64_pair_offset(w);
  if (a64_is_unscaled(w) && w >> 10 & 1) return a64_signed(w >> 12 & 0x1ff, 9);
  return 0;
}

// MARK: - Before a system call

/// `mov` of a constant, to general register `to`.
static inline bool a64_is_constant(uint32_t w, uint32_t to, uintptr_t *value) {
  if (a64_target(w) != to || w >> 21 & 3) return false;
  if ((w & 0x7f800000) == 0x52800000) return *value = w >> 5 & 0xffff, true;
  if ((w & 0x7f800000) != 0x12800000) return false;
  *value = w >> 31 ? ~(uintptr_t)(w >> 5 & 0xffff) : (uint32_t)~(w >> 5 & 0xffff);
  return true;
}

enum { A64_LOOKED_AT = 16 };

/// The constant that was put into register `to` before `code`, in the same block.
static inline bool a64_constant_before(const uint32_t *code, uint32_t to, uintptr_t *value) {
  for (const uint32_t *at = code - 1; at >= code - A64_LOOKED_AT && !a64_ends_block(*at); at--)
    if (a64_is_constant(*at, to, value)) return true;
  return false;
}

/// What was put into x0 before `code`, in the same block: a constant, an address, or what still is in another register
/// that calls leave alone.
static inline bool a64_first_argument(const uint32_t *code, const uint64_t *registers, uintptr_t sp, uintptr_t *value) {
  uintptr_t beyond = 0;
  for (const uint32_t *at = code - 1; at >= code - A64_LOOKED_AT && !a64_ends_block(*at); at--) {
    uint32_t w = *at, from = w >> 16 & 31;
    int64_t amount;
    bool is_copy = (w & 0x7fe0ffff) == 0x2a0003e0 && from >= 19 && from < A64_SP;
    bool leaves_it = a64_target(w) != 0 || a64_moves_register(w, 0, false);
    if (a64_is_pair(w) && w >> 22 & 1 && a64_second(w) == 0) leaves_it = false;
    if (a64_is_constant(w, 0, value)) return true;
    if (is_copy) *value = w >> 31 ? registers[from] : (uint32_t)registers[from];
    else if (a64_is_adrp(w, 0)) *value = a64_adrp_target(w, (uintptr_t)at);
    else if (a64_is_adr(w, 0)) *value = a64_adr_target(w, (uintptr_t)at);
    else if (a64_is_sum(w, 0, A64_SP, &amount)) *value = sp + (uintptr_t)amount;
    else if (a64_base(w) >= 19 && a64_is_sum(w, 0, a64_base(w), &amount))
      *value = registers[a64_base(w)] + (uintptr_t)amount;
    else if (a64_is_sum(w, 0, 0, &amount)) {
      beyond += (uintptr_t)amount;
      continue;
    } else if (leaves_it) continue;
    else return false;
    *value += beyond;
    return true;
  }
  return false;
}
