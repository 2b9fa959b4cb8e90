// C because a signal handler searches what it publishes; runs outside handlers, calls dl_iterate_phdr and mmap.
#include "lab_platform.h"
#if LAB_HAS_ENGINE
#include "unwind/unwind.h"
#include "base/clock.h"
#include "base/lock.h"
#include "base/start_order.h"
#include "lab_memory.h"
#include <link.h>
#include <pthread.h>
#include <string.h>

_Atomic(struct lab_modules *) lab_current_modules;

static struct lab_lock lock;
/// Every module's rows ever built: a module loaded again finds its own, and walks under way never lose theirs.
static struct lab_rows *all_rows;
static unsigned long long seen_adds, seen_subs;
static uint64_t build_nanoseconds;
/// There was no memory for rules when the list was made, so it has no rows.
static bool lacks_rules;

/// Superseded lists, reused in turn and never unmapped: a walk that reads a recycled one still reads valid entries.
enum { RETIRED = 16 };
static struct lab_modules *retired[RETIRED];
static unsigned retirements;

static uint64_t mix(uint64_t hash, const void *bytes, size_t count) {
  for (size_t i = 0; i < count; i++) hash = (hash ^ ((const uint8_t *)bytes)[i]) * 0x100000001b3u;
  return hash;
}

/// Whether these bytes of a file lie in memory. What a damaged file says of itself need not.
static bool is_loaded(const struct dl_phdr_info *info, uintptr_t start, uintptr_t bytes) {
  for (int i = 0; i < info->dlpi_phnum; i++) {
    const ElfW(Phdr) *p = &info->dlpi_phdr[i];
    if (p->p_type == PT_LOAD && p->p_flags & PF_R && start >= p->p_vaddr && start - p->p_vaddr <= p->p_filesz &&
        bytes <= p->p_filesz - (start - p->p_vaddr))
      return true;
  }
  return false;
}

/// What tells a file's contents apart: its path, its segments and its notes, the build id among them.
static uint64_t identity(const struct dl_phdr_info *info) {
  uint64_t hash = mix(0xcbf29ce484222325u, info->dlpi_name, strlen(info->dlpi_name));
  hash = mix(hash, info->dlpi_phdr, info->dlpi_phnum * sizeof *info->dlpi_phdr);
  for (int i = 0; i < info->dlpi_phnum; i++) {
    const ElfW(Phdr) *p = &info->dlpi_phdr[i];
    if (p->p_type == PT_NOTE && is_loaded(info, p->p_vaddr, p->p_filesz))
      hash = mix(hash, (void *)(info->dlpi_addr + p->p_vaddr), p->p_filesz);
  }
  return hash;
}

static const struct lab_rows *rows_of(const struct dl_phdr_info *info, uintptr_t text_lo, uintptr_t text_hi,
                                      uintptr_t eh_frame_hdr, uintptr_t lo, uintptr_t hi) {
  uint64_t id = identity(info);
  for (struct lab_rows *r = all_rows; r; r = r->next)
    if (r->identity == id) return r;
  const char *path = info->dlpi_name && *info->dlpi_name ? info->dlpi_name : "/proc/thread-self/exe";
  struct lab_async_functions asyncs = lab_async_functions(path, info->dlpi_addr, info->dlpi_phdr,
                                                          info->dlpi_phnum * sizeof *info->dlpi_phdr);
  struct lab_rows *rows = lab_rows_build(info->dlpi_addr, text_lo, text_hi, eh_frame_hdr, lo, hi, &asyncs);
  lab_own_unmap(asyncs.functions, asyncs.bytes);
  if (!rows) return 0;
  rows->has_symbols = asyncs.complete && asyncs.count > 0;
  rows->identity = id;
  const char *file = strrchr(path, '/');
  strncpy(rows->name, *info->dlpi_name && file ? file + 1 : path, sizeof rows->name - 1);
  rows->next = all_rows;
  return all_rows = rows;
}

static int add_module(struct dl_phdr_info *info, size_t size, void *state) {
  (void)size;
  struct lab_modules *list = state;
  uintptr_t lo = UINTPTR_MAX, hi = 0, text_lo = UINTPTR_MAX, text_hi = 0, header = 0;
  seen_adds = info->dlpi_adds;
  seen_subs = info->dlpi_subs;
  for (int i = 0; i < info->dlpi_phnum; i++) {
    const ElfW(Phdr) *p = &info->dlpi_phdr[i];
    uintptr_t start = info->dlpi_addr + p->p_vaddr, end = start + p->p_memsz;
    if (p->p_type == PT_GNU_EH_FRAME) header = start;
    if (p->p_type != PT_LOAD) continue;
    if (p->p_flags & PF_X) {
      if (start < text_lo) text_lo = start;
      if (end > text_hi) text_hi = end;
    }
  }
  // The segment that holds the frames: data between segments may be unmapped.
  for (int i = 0; i < info->dlpi_phnum && header; i++) {
    const ElfW(Phdr) *p = &info->dlpi_phdr[i];
    uintptr_t start = info->dlpi_addr + p->p_vaddr, end = start + p->p_filesz;
    if (p->p_type == PT_LOAD && header >= start && header < end && end - header >= LAB_FRAME_HEADER_BYTES) {
      lo = start;
      hi = end;
    }
  }
  if (text_hi <= text_lo || list->count == list->capacity) return 0;
  const struct lab_rows *rows = hi > lo + 64 ? rows_of(info, text_lo, text_hi, header, lo, hi) : 0;
  int i = list->count++;
  for (; i > 0 && list->modules[i - 1].lo > text_lo; i--) list->modules[i] = list->modules[i - 1];
  list->modules[i] = (struct lab_module){text_lo, text_hi, info->dlpi_addr, rows, 0};
  return 0;
}

// MARK: - Modules that are gone

enum { MAX_DEPARTED = 1024, GENERATIONS = 1 << 15 };
/// Entries stay where they are: marked addresses refer to them by number. What handlers read of one never changes, but
/// for whether it is overlaid.
static struct departed {
  uintptr_t lo, hi;
  const struct lab_rows *rows;
  uint16_t generation;
  bool gone;             ///< not loaded again at the same place
  _Atomic bool overlaid; ///< some of its addresses have belonged to another module since
} departed[MAX_DEPARTED];
static _Atomic int departed_count;
static uint16_t last_generation;

static const struct lab_module *same_in(const struct lab_modules *list, uintptr_t lo, const struct lab_rows *rows) {
  const struct lab_module *m = lab_find_module(list, lo);
  return m && m->lo == lo && m->rows == rows ? m : NULL;
}

/// With the lock held.
static void note_departures(const struct lab_modules *old, const struct lab_modules *list) {
  int count = LAB_LOAD(&departed_count);
  for (int i = 0; i < old->count; i++) {
    const struct lab_module *m = &old->modules[i];
    if (!m->rows || same_in(list, m->lo, m->rows)) continue;
    int k = 0;
    while (k < count && (departed[k].lo != m->lo || departed[k].rows != m->rows || departed[k].overlaid)) k++;
    if (k < count || k == MAX_DEPARTED) continue;
    departed[k] = (struct departed){m->lo, m->hi, m->rows, m->generation, true, false};
    LAB_RELEASE(&departed_count, ++count);
  }
  for (struct departed *d = departed; d < departed + count; d++) {
    if (d->overlaid) continue;
    d->gone = !same_in(list, d->lo, d->rows);
    for (int k = 0; d->gone && k < list->count; k++)
      if (list->modules[k].lo < d->hi && list->modules[k].hi > d->lo) d->overlaid = true;
  }
}

/// Of a module that is new in the list: its own where it has come back, a new one where it took another's addresses.
static uint16_t generation_of(const struct lab_module *m) {
  bool takes = false;
  for (int k = LAB_LOAD(&departed_count); k-- > 0;) {
    const struct departed *d = &departed[k];
    if (!d->overlaid && d->lo == m->lo && d->rows == m->rows) return d->generation;
    takes |= d->lo < m->hi && d->hi > m->lo;
  }
  // Beyond the bound the last ones share a number.
  if (takes && last_generation < GENERATIONS - 1) last_generation++;
  return takes ? last_generation : 0;
}

/// With the lock held, after note_departures.
static void give_generations(const struct lab_modules *old, struct lab_modules *list) {
  list->has_generations = false;
  for (int i = 0; i < list->count; i++) {
    struct lab_module *m = &list->modules[i];
    const struct lab_module *before = old ? same_in(old, m->lo, m->rows) : NULL;
    m->generation = before ? before->generation : generation_of(m);
    list->has_generations |= m->generation != 0;
  }
}

uint64_t lab_generation_at(const struct lab_modules *modules, uintptr_t pc) {
  const struct lab_module *m = lab_find_module(modules, pc);
  return m ? (uint64_t)m->generation << LAB_ADDRESS_BITS : 0;
}

uintptr_t lab_frame_address(uint64_t key) {
  uintptr_t pc = key & (((uintptr_t)1 << LAB_ADDRESS_BITS) - 1);
  uint64_t generation = key >> LAB_ADDRESS_BITS;
  int count = LAB_ACQUIRE(&departed_count);
  if (count == 0) return pc;
  const struct lab_modules *modules = LAB_ACQUIRE(&lab_current_modules);
  const struct lab_module *m = modules ? lab_find_module(modules, pc) : NULL;
  if (m && m->generation == generation) return pc;
  for (int i = 0; i < count; i++) {
    const struct departed *d = &departed[i];
    if (d->generation == generation && pc >= d->lo && pc < d->hi && d->overlaid)
      return pc | (uintptr_t)(MAX_DEPARTED + i) << LAB_ADDRESS_BITS;
  }
  return pc;
}

const char *lab_unwind_departed(uintptr_t pc) {
  const char *name = 0;
  lab_lock(&lock);
  uintptr_t number = (pc >> LAB_ADDRESS_BITS) - MAX_DEPARTED;
  int count = LAB_LOAD(&departed_count);
  if (number < (uintptr_t)count) name = departed[number].rows->name;
  for (const struct departed *d = departed; d < departed + count && !name; d++)
    if (d->gone && !d->overlaid && pc >= d->lo && pc < d->hi) name = d->rows->name;
  lab_unlock(&lock);
  return name;
}

static _Atomic bool frozen;

struct loaded {
  int count;
  bool changed; ///< since the last list
};

static int count_modules(struct dl_phdr_info *info, size_t size, void *state) {
  (void)size;
  struct loaded *loaded = state;
  loaded->count++;
  loaded->changed |= info->dlpi_adds != seen_adds || info->dlpi_subs != seen_subs;
  return 0;
}

void lab_unwind_freeze(void) {
  lab_unwind_prepare();
  atomic_store(&frozen, true);
}

/// With the lock held.
static void prepare(void) {
  struct loaded loaded = {0, false};
  dl_iterate_phdr(count_modules, &loaded);
  struct lab_modules *old = atomic_load(&lab_current_modules), *list = 0;
  if (old && !loaded.changed && !(lacks_rules && lab_rules_open())) return;
  uint64_t start = lab_now();
  struct lab_modules **oldest = &retired[retirements % RETIRED];
  if (*oldest && (*oldest)->capacity >= loaded.count) {
    list = *oldest;
    *oldest = 0;
    list->count = 0;
    memset(list->cache, 0, sizeof list->cache);
  } else {
    int capacity = loaded.count + loaded.count / 2 + 16;
    list = lab_own_map(sizeof *list + (size_t)capacity * sizeof *list->modules);
    if (list) {
      list->capacity = capacity;
      list->modules = (struct lab_module *)(list + 1);
    }
  }
  if (list) {
    lacks_rules = !lab_rules_open();
    dl_iterate_phdr(add_module, list);
    if (old) note_departures(old, list);
    give_generations(old, list);
    atomic_store(&lab_current_modules, list);
    if (old) *oldest = old;
    if (old) retirements++;
  }
  build_nanoseconds = lab_now() - start;
}

void lab_unwind_prepare(void) {
  if (atomic_load(&frozen)) return;
  // dl_iterate_phdr takes the loader's lock, under which a constructor may be waiting for ours: take it first only.
  lab_lock(&lock);
  prepare();
  lab_unlock(&lock);
}

void lab_unwind_prepare_unless_busy(void) {
  if (atomic_load(&frozen) || !lab_lock_try(&lock)) return;
  prepare();
  lab_unlock(&lock);
}

bool lab_modules_each_image(void (*visit)(lab_loaded_image image, void *context), void *context) {
  if (!lab_lock_try(&lock)) return false;
  lab_each_loaded_image(visit, context);
  lab_unlock(&lock);
  return true;
}

// MARK: - Fork

// Longer than any list takes to be made.
static const uint64_t patience = 1000000000;
static _Thread_local bool has_lock __attribute__((tls_model("initial-exec")));

// A list is made under the loader's lock, which the C library does not free in the child: there nothing could be loaded
// or thrown any more. So a fork waits for it; not for ever, for it may be made in a visit of the loader's modules.
static void before_fork(void) { has_lock = lab_lock_within(&lock, patience); }

static void after_fork_in_parent(void) {
  if (has_lock) lab_unlock(&lock);
}

/// The thread that held the lock is not in the child; what it guarded is whole at every step.
static void after_fork_in_child(void) { lab_lock_reset(&lock); }

__attribute__((constructor(LAB_STARTS_MODULES))) static void prepare_modules(void) {
  pthread_atfork(before_fork, after_fork_in_parent, after_fork_in_child);
}

struct lab_unwind_statistics lab_unwind_statistics(void) {
  lab_lock(&lock);
  struct lab_unwind_statistics s = {.build_nanoseconds = build_nanoseconds, .rules = lab_rule_count()};
  struct lab_modules *list = atomic_load(&lab_current_modules);
  for (int i = 0; list && i < list->count; i++) {
    const struct lab_rows *rows = list->modules[i].rows;
    s.modules++;
    if (!rows) continue;
    s.rows += rows->rows;
    s.bytes += rows->bytes;
    s.async_functions += rows->async_functions;
  }
  lab_unlock(&lock);
  return s;
}

const struct lab_module *lab_find_module(const struct lab_modules *list, uintptr_t pc) {
  int lo = 0, hi = list->count;
  while (lo < hi) {
    int mid = (lo + hi) / 2;
    if (list->modules[mid].lo <= pc) lo = mid + 1;
    else hi = mid;
  }
  return lo > 0 && pc < list->modules[lo - 1].hi ? &list->modules[lo - 1] : 0;
}

static uint16_t search(const struct lab_modules *list, uintptr_t pc) {
  const struct lab_module *module = lab_find_module(list, pc);
  if (!module || !module->rows) return 0;
  const struct lab_rows *rows = module->rows;
  uintptr_t offset = pc - module->load - rows->text, block = offset >> 8;
  if (block >= rows->blocks) return 0;
  uint32_t first = rows->first[block], end = rows->first[block + 1];
  uint8_t low = (uint8_t)offset;
  while (end - 1 > first && rows->low[end - 1] > low) end--;
  return rows->rule[end - 1];
}

/// Spreads a rule over the bits above an address's: of two entries half written over one another, in whatever order other
/// processors see the halves, the check is then that of no address.
static const uint64_t CHECK_FACTOR = 0x9e3779b97f4a7c15u;

struct lab_rule lab_find_rule(struct lab_modules *list, uintptr_t pc) {
  struct lab_cached_rule *cached = &list->cache[(pc * 0x9e3779b97f4a7c15u) >> 55];
  uint64_t word = LAB_LOAD(&cached->rule);
  struct lab_rule rule;
  if ((LAB_LOAD(&cached->check) ^ word * CHECK_FACTOR) == pc) {
    memcpy(&rule, &word, sizeof rule);
    return rule;
  }
  rule = LAB_LOAD(&lab_rules)[search(list, pc)];
  memcpy(&word, &rule, sizeof word);
  LAB_STORE(&cached->rule, word);
  LAB_STORE(&cached->check, word * CHECK_FACTOR ^ pc);
  return rule;
}
#endif
