// C because a signal handler reads what it builds; runs outside handlers, allocates by mmap only.
#include "lab_platform.h"
#if LAB_HAS_ENGINE
#include "unwind/cfi.h"
#include "lab_memory.h"
#include <string.h>

enum { BLOCK = 256 };

// MARK: - Rules

enum { MAX_RULES = 65536, RULE_SLOTS = 131072 };
/// Rule 0 is "nothing known": what a handler finds as long as there was no memory for a table, and what a full one
/// gives.
static struct lab_rule nothing_known[1];
_Atomic(struct lab_rule *) lab_rules = nothing_known;
static uint16_t *rule_slots;
static size_t rule_count;

size_t lab_rule_count(void) { return rule_count; }

bool lab_rules_open(void) {
  if (rule_slots) return true;
  struct lab_rule *rules = lab_own_map(MAX_RULES * sizeof *rules);
  uint16_t *slots = lab_own_map(RULE_SLOTS * sizeof *slots);
  if (!rules || !slots) {
    lab_own_unmap(rules, MAX_RULES * sizeof *rules);
    lab_own_unmap(slots, RULE_SLOTS * sizeof *slots);
    return false;
  }
  LAB_RELEASE(&lab_rules, rules);
  rule_slots = slots;
  rule_count = 1;
  return true;
}

uint16_t lab_intern_rule(struct lab_rule rule) {
  if (!rule_slots || (rule.kind == LAB_RULE_NONE && !rule.flags)) return 0;
  uint64_t key, other;
  memcpy(&key, &rule, sizeof key);
  for (size_t slot = (key * 0x9e3779b97f4a7c15u) >> 47;; slot++) {
    uint16_t *number = &rule_slots[slot % RULE_SLOTS];
    if (*number == 0) {
      if (rule_count == MAX_RULES) return 0;
      LAB_LOAD(&lab_rules)[rule_count] = rule;
      return *number = (uint16_t)rule_count++;
    }
    memcpy(&other, &LAB_LOAD(&lab_rules)[*number], sizeof other);
    if (other == key) return *number;
  }
}

// MARK: - Rows

struct pending {
  uint32_t address; ///< relative to the load address
  uint16_t rule;
};

struct builder {
  uintptr_t load, text_lo, text_hi;
  struct pending *rows;
  size_t count, capacity;
  int flags;
  bool ascending;
};

static void add(struct builder *b, uintptr_t pc, uint16_t rule) {
  if (pc < b->text_lo || pc >= b->text_hi) return;
  uint32_t address = (uint32_t)(pc - b->load);
  if (b->count > 0) {
    struct pending *last = &b->rows[b->count - 1];
    if (last->address == address) {
      last->rule = rule;
      return;
    }
    if (last->address > address) b->ascending = false;
    else if (last->rule == rule) return;
  }
  if (b->count < b->capacity) b->rows[b->count++] = (struct pending){address, rule};
}

static void add_row(void *state, uintptr_t pc, struct lab_rule rule) {
  struct builder *b = state;
  rule.flags = b->flags & LAB_RULE_ASYNC ? rule.flags | LAB_RULE_ASYNC : 0;
  add(b, pc, lab_intern_rule(rule));
}

/// Rows of an async function that has no frame description: by the prologue that all of them share.
static void add_undescribed(struct builder *b, const struct lab_async_function *f, uintptr_t end) {
  uintptr_t start = b->load + f->start;
  if (start < b->text_lo) return;
  if (f->size && start + f->size < end) end = start + f->size;
  struct lab_prologue_row rows[LAB_PROLOGUE_ROWS];
  b->flags = LAB_RULE_ASYNC;
  if (end <= b->text_hi && lab_async_prologue((const uint8_t *)start, end - start, rows)) {
    for (const struct lab_prologue_row *r = rows; r < rows + LAB_PROLOGUE_ROWS; r++)
      add_row(b, start + (uintptr_t)r->from,
              (struct lab_rule){.kind = r->by_fp ? LAB_RULE_FP : LAB_RULE_SP, .offset = r->offset, .fp = r->fp,
                                .flags = r->by_fp ? 0 : LAB_RULE_PROLOGUE});
  } else {
    add_row(b, start, (struct lab_rule){.kind = LAB_RULE_NONE, .flags = LAB_RULE_PROLOGUE});
  }
  add(b, end, 0);
}

/// Sorts by address, stably. `.eh_frame_hdr` is sorted, so this runs for odd modules only.
static bool sort_rows(struct builder *b) {
  size_t bytes = b->count * sizeof *b->rows;
  struct pending *from = b->rows, *spare = lab_own_map(bytes), *to = spare;
  if (!spare) return false;
  for (size_t width = 1; width < b->count; width *= 2) {
    for (size_t lo = 0; lo < b->count; lo += 2 * width) {
      size_t mid = lo + width < b->count ? lo + width : b->count;
      size_t hi = lo + 2 * width < b->count ? lo + 2 * width : b->count;
      for (size_t i = lo, j = mid, k = lo; k < hi; k++)
        to[k] = i < mid && (j >= hi || from[i].address <= from[j].address) ? from[i++] : from[j++];
    }
    struct pending *swap = from;
    from = to;
    to = swap;
  }
  if (from != b->rows) memcpy(b->rows, from, bytes);
  lab_own_unmap(spare, bytes);
  return true;
}

/// Cuts the sorted rows into blocks, repeating at each block's start the rule in force there.
static struct lab_rows *pack(const struct builder *b) {
  uintptr_t text = (b->text_lo - b->load) & ~(uintptr_t)(BLOCK - 1);
  size_t blocks = (b->text_hi - b->load - text + BLOCK - 1) / BLOCK, most = b->count + blocks;
  size_t first = (sizeof(struct lab_rows) + 15) & ~(size_t)15, rule = first + (blocks + 1) * 4, low = rule + most * 2;
  size_t bytes = low + most;
  char *memory = lab_own_map(bytes);
  if (!memory) return 0;
  struct lab_rows *rows = (struct lab_rows *)memory;
  uint32_t *firsts = (uint32_t *)(memory + first);
  uint16_t *rules = (uint16_t *)(memory + rule);
  uint8_t *lows = (uint8_t *)(memory + low);
  uint32_t n = 0;
  uint16_t current = 0;
  size_t next = 0;
  for (size_t block = 0; block < blocks; block++) {
    uintptr_t lo = text + block * BLOCK;
    firsts[block] = n;
    lows[n] = 0;
    rules[n++] = current;
    for (; next < b->count && b->rows[next].address < lo + BLOCK; next++) {
      uint8_t byte = (uint8_t)(b->rows[next].address - lo);
      current = b->rows[next].rule;
      if (lows[n - 1] == byte) n--;
      lows[n] = byte;
      rules[n++] = current;
    }
  }
  firsts[blocks] = n;
  *rows = (struct lab_rows){.text = text, .blocks = (uint32_t)blocks, .rows = n, .first = firsts, .low = lows,
                            .rule = rules, .bytes = bytes};
  return rows;
}

struct lab_rows *lab_rows_build(uintptr_t load, uintptr_t text_lo, uintptr_t text_hi, uintptr_t eh_frame_hdr,
                                uintptr_t module_lo, uintptr_t module_hi, const struct lab_async_functions *asyncs) {
  const uint8_t *header = (const uint8_t *)eh_frame_hdr, *end = (const uint8_t *)module_hi;
  // Without rules the rows would say for good that nothing is known.
  if (text_hi - load > UINT32_MAX || header[0] != 1 || !lab_rules_open()) return 0;
  const uint8_t *at = header + 4;
  uintptr_t frames = lab_read_encoded(&at, end, header[1], eh_frame_hdr);
  uintptr_t count = lab_read_encoded(&at, end, header[2], eh_frame_hdr);
  bool has_table = header[3] == 0x3b && count <= (uintptr_t)(end - at) / 8;

  struct builder b = {.load = load, .text_lo = text_lo, .text_hi = text_hi, .ascending = true};
  // A row costs at least a byte of instructions, and text bounds it too.
  b.capacity = text_hi - text_lo + 16;
  size_t scratch = b.capacity * sizeof *b.rows;
  b.rows = lab_own_map(scratch);
  if (!b.rows) return 0;
  uint32_t async_functions = 0;
  uintptr_t covered = 0, budget = 2 * (module_hi - module_lo);
  long async = 0;
  for (uintptr_t k = 0; has_table ? k < count : frames != 0; k++) {
    uintptr_t fde = frames, start = 0, stop = 0;
    if (has_table) {
      int32_t distance;
      memcpy(&distance, at + 8 * k + 4, 4);
      fde = eh_frame_hdr + (uintptr_t)(intptr_t)distance;
      memcpy(&distance, at + 8 * k, 4);
      start = eh_frame_hdr + (uintptr_t)(intptr_t)distance;
    } else {
      uint32_t length, is_fde;
      if (frames < module_lo || frames > module_hi - 8) break;
      memcpy(&length, (void *)frames, 4);
      if (length < 4 || length >= module_hi - frames - 4) break;
      memcpy(&is_fde, (void *)(frames + 4), 4);
      frames += 4 + length;
      if (!is_fde) continue;
    }
    // Functions that share a description are damage; read again and again, large ones would take for ever.
    uint32_t fde_length = 0;
    if (fde >= module_lo && fde <= module_hi - 8) memcpy(&fde_length, (const void *)fde, 4);
    if (fde_length > budget) break;
    budget -= fde_length;
    // What lies between two functions belongs to neither.
    if (covered && start > covered) add(&b, covered, 0);
    for (; async < asyncs->count && load + asyncs->functions[async].start < start; async++) {
      if (load + asyncs->functions[async].start < covered) continue;
      add_undescribed(&b, &asyncs->functions[async], start);
      async_functions++;
    }
    bool is_async = async < asyncs->count && load + asyncs->functions[async].start == start;
    // Without all names, by the looks.
    struct lab_prologue_row unused[LAB_PROLOGUE_ROWS];
    if (!asyncs->complete && start >= text_lo && start < text_hi)
      is_async |= lab_async_prologue((const uint8_t *)start, text_hi - start, unused);
    b.flags = is_async ? LAB_RULE_ASYNC : 0;
    async_functions += is_async;
    if (lab_run_fde(fde, eh_frame_hdr, module_lo, module_hi, &start, &stop, add_row, &b) && stop > covered)
      covered = stop;
  }
  if (covered) add(&b, covered, 0);
  struct lab_rows *rows = 0;
  if (b.ascending || sort_rows(&b)) rows = pack(&b);
  if (rows) rows->async_functions = async_functions;
  lab_own_unmap(b.rows, scratch);
  return rows;
}
#endif
