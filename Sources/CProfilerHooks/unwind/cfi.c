// C because the rows feed a table that a signal handler reads; runs outside handlers and calls nothing.
#include "lab_platform.h"
#if LAB_HAS_ENGINE
#include "unwind/cfi.h"
#include <string.h>

static uint64_t uleb(const uint8_t **at, const uint8_t *end) {
  uint64_t value = 0;
  for (int shift = 0; *at < end; shift += 7) {
    uint8_t byte = *(*at)++;
    if (shift < 64) value |= (uint64_t)(byte & 0x7f) << shift;
    if (!(byte & 0x80)) break;
  }
  return value;
}

static int64_t sleb(const uint8_t **at, const uint8_t *end) {
  uint64_t value = 0;
  int shift = 0;
  uint8_t byte = 0;
  while (*at < end) {
    byte = *(*at)++;
    if (shift < 64) value |= (uint64_t)(byte & 0x7f) << shift;
    shift += 7;
    if (!(byte & 0x80)) break;
  }
  if (shift < 64 && (byte & 0x40)) value |= ~(uint64_t)0 << shift;
  return (int64_t)value;
}

static uint64_t fixed(const uint8_t **at, const uint8_t *end, int size) {
  uint64_t value = 0;
  if (end - *at >= size) {
    memcpy(&value, *at, (size_t)size);
    *at += size;
  } else {
    *at = end;
  }
  return value;
}

uintptr_t lab_read_encoded(const uint8_t **at, const uint8_t *end, uint8_t encoding, uintptr_t data_base) {
  enum { OMIT = 0xff, INDIRECT = 0x80, RELATIVE_TO_HERE = 0x10, RELATIVE_TO_DATA = 0x30 };
  if (encoding == OMIT) return 0;
  uintptr_t here = (uintptr_t)*at, value;
  switch (encoding & 0x0f) {
  case 0x0: case 0x4: case 0xc: value = fixed(at, end, 8); break;
  case 0x1: value = uleb(at, end); break;
  case 0x2: value = fixed(at, end, 2); break;
  case 0x3: value = fixed(at, end, 4); break;
  case 0x9: value = (uintptr_t)sleb(at, end); break;
  case 0xa: value = (uintptr_t)(int16_t)fixed(at, end, 2); break;
  case 0xb: value = (uintptr_t)(int32_t)fixed(at, end, 4); break;
  default: *at = end; return 0;
  }
  if ((encoding & 0x70) == RELATIVE_TO_HERE) value += here;
  if ((encoding & 0x70) == RELATIVE_TO_DATA) value += data_base;
  // The only indirect pointers are personality routines, which nobody here follows.
  return value;
}

/// The state of the machine: one row of the table that the instructions describe.
struct row {
  int kind;
  int64_t offset, fp, context, link;
  /// Whether there is no return address.
  bool no_return;
};

struct machine {
  const uint8_t *end;
  uint64_t code_align;
  int64_t data_align;
  uint8_t encoding;
  struct row row, initial, saved[16];
  int depth;
  uintptr_t pc;
  bool framed;
  lab_row_sink sink;
  void *state;
};

/// A rule's `fp`: where fp is saved and the return address, if that is not always in the same place. Not the multiple of
/// eight that it has to be if they are saved so as no rule can say.
static int64_t saved(const struct row *r) {
  if (!LAB_RETURNS_BY_REGISTER || (r->fp == 0 && r->link == 0)) return r->fp;
  if (r->fp % 8 != 0 || r->link % 8 != 0) return INT64_MAX;
  if (r->fp == 0) return r->link | LAB_SAVES_RETURN_ALONE;
  return r->link == 0 ? r->fp | LAB_SAVES_FP_ALONE : r->link == r->fp + 8 ? r->fp : INT64_MAX;
}

static void send(struct machine *m) {
  if (!m->sink) return;
  const struct row *r = &m->row;
  int64_t fp = saved(r);
  struct lab_rule rule = {.offset = (int32_t)r->offset, .kind = (uint32_t)r->kind, .fp = (int16_t)fp,
                          .context = (int16_t)r->context};
  if (r->no_return) rule = (struct lab_rule){.kind = LAB_RULE_ROOT};
  else if (fp != rule.fp || r->context != rule.context || r->offset != rule.offset)
    rule = (struct lab_rule){.kind = LAB_RULE_NONE};
  if (rule.kind == LAB_RULE_FP) m->framed = true;
  if (!m->framed) rule.flags |= LAB_RULE_PROLOGUE;
  m->sink(m->state, m->pc, rule);
}

static void advance(struct machine *m, uint64_t delta) {
  send(m);
  m->pc += delta * m->code_align;
}

static void set_register(struct machine *m, uint64_t reg, int64_t offset) {
  if (reg == LAB_DWARF_FP) m->row.fp = offset;
  if (reg == LAB_DWARF_CONTEXT) m->row.context = offset;
  if (reg == LAB_DWARF_RETURN) m->row.link = offset;
}

static void restore_register(struct machine *m, uint64_t reg) {
  set_register(m, reg, reg == LAB_DWARF_FP       ? m->initial.fp
                       : reg == LAB_DWARF_RETURN ? m->initial.link
                                                 : m->initial.context);
  if (reg == LAB_DWARF_RETURN) m->row.no_return = m->initial.no_return;
}

static void set_cfa_register(struct machine *m, uint64_t reg) {
  m->row.kind = reg == LAB_DWARF_SP ? LAB_RULE_SP : reg == LAB_DWARF_FP ? LAB_RULE_FP : LAB_RULE_NONE;
}

/// The two shapes of CFA expression that compilers and linkers make; others leave nothing known.
static void set_cfa_expression(struct machine *m, const uint8_t *e, uint64_t length) {
  enum { BREG_SP = 0x70 + LAB_DWARF_SP, BREG_FP = 0x70 + LAB_DWARF_FP, DEREF = 0x06, LIT0 = 0x30 };
  m->row.kind = LAB_RULE_NONE;
  if (length >= 9 && e[0] == BREG_SP && e[1] == 8 && e[5] >= LIT0 && e[5] < LIT0 + 16) {
    // rsp + 8 + ((rip & 15) >= n) << 3: a PLT entry, after and before its push.
    m->row.kind = LAB_RULE_PLT;
    m->row.offset = e[5] - LIT0;
  } else if (length >= 3 && e[0] == BREG_FP) {
    const uint8_t *at = e + 1, *end = e + length;
    int64_t offset = sleb(&at, end);
    if (at + 1 == end && *at == DEREF) {
      m->row.kind = LAB_RULE_REALIGN;
      m->row.offset = offset;
    }
  }
}

static void run(struct machine *m, const uint8_t *p) {
  const uint8_t *end = m->end;
  while (p < end) {
    uint8_t op = *p++;
    uint64_t reg, length;
    switch (op & 0xc0) {
    case 0x40: advance(m, op & 0x3f); continue;
    case 0x80: set_register(m, op & 0x3f, (int64_t)uleb(&p, end) * m->data_align); continue;
    case 0xc0: restore_register(m, op & 0x3f); continue;
    }
    switch (op) {
    case 0x00: break;
    case 0x01: {
      uintptr_t target = lab_read_encoded(&p, end, m->encoding, 0);
      send(m);
      m->pc = target;
      break;
    }
    case 0x02: advance(m, fixed(&p, end, 1)); break;
    case 0x03: advance(m, fixed(&p, end, 2)); break;
    case 0x04: advance(m, fixed(&p, end, 4)); break;
    case 0x05: reg = uleb(&p, end); set_register(m, reg, (int64_t)uleb(&p, end) * m->data_align); break;
    case 0x06: restore_register(m, uleb(&p, end)); break;
    case 0x07: if (uleb(&p, end) == LAB_DWARF_RETURN) m->row.no_return = true; break;
    case 0x08: set_register(m, uleb(&p, end), 0); break;
    case 0x09: uleb(&p, end); uleb(&p, end); break;
    case 0x0a: if (m->depth < 16) m->saved[m->depth] = m->row; m->depth++; break;
    case 0x0b: if (m->depth > 0 && --m->depth < 16) m->row = m->saved[m->depth]; break;
    case 0x0c: set_cfa_register(m, uleb(&p, end)); m->row.offset = (int64_t)uleb(&p, end); break;
    case 0x0d: set_cfa_register(m, uleb(&p, end)); break;
    case 0x0e: m->row.offset = (int64_t)uleb(&p, end); break;
    case 0x0f:
      length = uleb(&p, end);
      if (length > (uint64_t)(end - p)) return;
      set_cfa_expression(m, p, length);
      p += length;
      break;
    case 0x10: case 0x16:
      reg = uleb(&p, end);
      length = uleb(&p, end);
      if (length > (uint64_t)(end - p)) return;
      p += length;
      if (reg == LAB_DWARF_RETURN) m->row.kind = LAB_RULE_NONE;
      // A realigned frame saves fp by an expression: it lies where fp points.
      break;
    case 0x11: reg = uleb(&p, end); set_register(m, reg, sleb(&p, end) * m->data_align); break;
    case 0x12: set_cfa_register(m, uleb(&p, end)); m->row.offset = sleb(&p, end) * m->data_align; break;
    case 0x13: m->row.offset = sleb(&p, end) * m->data_align; break;
    case 0x14: uleb(&p, end); uleb(&p, end); break;
    case 0x15: uleb(&p, end); sleb(&p, end); break;
    case 0x2e: uleb(&p, end); break;
    case 0x2f: reg = uleb(&p, end); set_register(m, reg, -(int64_t)uleb(&p, end) * m->data_align); break;
    default:
      if (lab_cfi_is_of_signing(op)) break;
      m->row.kind = LAB_RULE_NONE;
      return;
    }
  }
}

bool lab_run_fde(uintptr_t fde, uintptr_t data_base, uintptr_t lo, uintptr_t hi, uintptr_t *start, uintptr_t *end,
                 lab_row_sink sink, void *state) {
  uint32_t length, cie_length;
  int32_t cie_distance;
  if (fde < lo || fde > hi - 8) return false;
  memcpy(&length, (void *)fde, 4);
  if (length < 4 || length >= hi - fde - 4) return false;
  const uint8_t *p = (const uint8_t *)fde + 4, *fde_end = p + length;
  memcpy(&cie_distance, p, 4);
  uintptr_t cie = (uintptr_t)p - (uintptr_t)(intptr_t)cie_distance;
  p += 4;
  if (cie < lo || cie > hi - 16) return false;
  memcpy(&cie_length, (void *)cie, 4);
  // Gone through for each function that shares it: real ones have a few dozen bytes.
  if (cie_length < 9 || cie_length >= hi - cie - 4 || cie_length > 4096) return false;

  const uint8_t *c = (const uint8_t *)cie + 9, *cie_end = (const uint8_t *)cie + 4 + cie_length;
  const char *augmentation = (const char *)c;
  size_t name = strnlen(augmentation, (size_t)(cie_end - c));
  if (c + name >= cie_end) return false;
  c += name + 1;
  struct machine m = {.end = cie_end};
  m.code_align = uleb(&c, cie_end);
  m.data_align = sleb(&c, cie_end);
  if (uleb(&c, cie_end) != LAB_DWARF_RETURN) return false;
  bool is_signal = false, has_size = *augmentation == 'z';
  if (has_size) {
    uint64_t size = uleb(&c, cie_end);
    if (size > (uint64_t)(cie_end - c)) return false;
    const uint8_t *instructions = c + size;
    for (const char *a = augmentation + 1; *a; a++) {
      if (*a == 'R' && c < instructions) m.encoding = *c++;
      else if (*a == 'L') c++;
      else if (*a == 'S') is_signal = true;
      else if (*a == 'P' && c < instructions) {
        uint8_t encoding = *c++;
        lab_read_encoded(&c, instructions, encoding & 0x0f, 0);
      }
    }
    c = instructions;
  } else if (*augmentation) {
    return false;
  }

  *start = lab_read_encoded(&p, fde_end, m.encoding, data_base);
  uintptr_t size = lab_read_encoded(&p, fde_end, m.encoding & 0x0f, 0);
  *end = *start + size;
  if (has_size) {
    uint64_t skip = uleb(&p, fde_end);
    if (skip > (uint64_t)(fde_end - p)) return false;
    p += skip;
  }
  m.pc = *start;
  if (is_signal) {
    sink(state, *start, (struct lab_rule){.kind = LAB_RULE_SIGNAL});
    return true;
  }
  run(&m, c);
  m.initial = m.row;
  m.pc = *start;
  m.end = fde_end;
  m.depth = 0;
  m.sink = sink;
  m.state = state;
  run(&m, p);
  send(&m);
  return true;
}
#endif
