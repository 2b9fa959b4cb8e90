// Lets calls of hooked functions skip the hook, and go at once where it would send them.
//
// A module calls a function of another one through a slot that the dynamic linker fills in. A slot that leads to our
// hook would cost two jumps, so it is given what the hook would jump to: the real function, or ours while a profiler
// runs. Nothing depends on it: a slot that is passed over, one of a module loaded later, a call inside the executable
// itself still lead to the hook. Only slots for calls are touched, never those that a function's address is taken from,
// for these are compared. Technique: memray, heaptrack_inject, which reach malloc by slots alone.
//
// C, because it writes into the dynamic linker's tables. Runs outside of malloc, takes the dynamic linker's lock.
#include "lab_platform.h"
#if LAB_HAS_ENGINE
#include "hooks/hooks.h"

#if LAB_INTERPOSES
#include <errno.h>
#include <link.h>
#include <string.h>
#include <sys/mman.h>

typedef void *function;
enum { FUNCTIONS = sizeof(struct lab_functions) / sizeof(function) };

/// In the order of `lab_functions`.
static const struct {
  const char *name;
  unsigned engines;
} hooks[FUNCTIONS] = {
#define LAB_HOOK(result, name, parameters, arguments, engines) {#name, engines},
#include "hooks/hooks.def"
#undef LAB_HOOK
};

/// What a module says about the slots for its calls.
typedef struct module_slots {
  const ElfW(Rela) *relocations;
  size_t count;
  const ElfW(Sym) *symbols;
  const char *strings;
  uintptr_t base;
  /// Where its segments lie.
  uintptr_t start, limit;
  /// Pages that the dynamic linker made read-only when it had filled them in.
  uintptr_t sealed_start, sealed_limit;
} module_slots;

static bool read_module(const struct dl_phdr_info *info, module_slots *out) {
  *out = (module_slots){.base = info->dlpi_addr};
  const ElfW(Dyn) *entry = NULL;
  for (unsigned i = 0; i < info->dlpi_phnum; i++) {
    const ElfW(Phdr) *header = &info->dlpi_phdr[i];
    uintptr_t start = info->dlpi_addr + header->p_vaddr;
    if (header->p_type == PT_LOAD) {
      if (out->limit == 0) out->start = start;
      out->limit = start + header->p_filesz;
    }
    if (header->p_type == PT_DYNAMIC) entry = (const ElfW(Dyn) *)start;
    if (header->p_type != PT_GNU_RELRO) continue;
    out->sealed_start = start & ~(lab_page_bytes() - 1);
    out->sealed_limit = (start + header->p_memsz) & ~(lab_page_bytes() - 1);
  }
  if (entry == NULL) return false;
  bool with_addends = false;
  for (; entry->d_tag != DT_NULL; entry++) {
    // The linker of glibc makes these addresses absolute, except where it may not write.
    uintptr_t address = entry->d_un.d_ptr < out->base ? out->base + entry->d_un.d_ptr : entry->d_un.d_ptr;
    switch (entry->d_tag) {
    case DT_JMPREL: out->relocations = (const ElfW(Rela) *)address; break;
    case DT_PLTRELSZ: out->count = entry->d_un.d_val / sizeof(ElfW(Rela)); break;
    case DT_PLTREL: with_addends = entry->d_un.d_val == DT_RELA; break;
    case DT_SYMTAB: out->symbols = (const ElfW(Sym) *)address; break;
    case DT_STRTAB: out->strings = (const char *)address; break;
    }
  }
  return out->relocations != NULL && with_addends && out->symbols != NULL && out->strings != NULL;
}

/// Which of our functions a slot is for, or -1; a module's own function of that name is not, nor one whose hook always
/// stands.
static int function_of(const module_slots *module, const ElfW(Rela) *relocation) {
  if (ELF64_R_TYPE(relocation->r_info) != LAB_CALL_SLOT) return -1;
  const ElfW(Sym) *symbol = &module->symbols[ELF64_R_SYM(relocation->r_info)];
  if (symbol->st_shndx != SHN_UNDEF) return -1;
  const char *name = module->strings + symbol->st_name;
  for (int i = 0; i < FUNCTIONS; i++)
    if (!(hooks[i].engines & LAB_ALWAYS) && name[0] == hooks[i].name[0] && strcmp(name, hooks[i].name) == 0) return i;
  return -1;
}

/// Whether a slot still leads to the code in its own module that has the dynamic linker fill it in.
static bool is_unbound(const module_slots *module, function now, size_t number) {
  uintptr_t code = (uintptr_t)now;
  return code >= module->start && code + 16 <= module->limit && lab_is_unbound((const uint8_t *)code, number);
}

static void write_slot(const module_slots *module, function *slot, function to) {
  uintptr_t bytes = lab_page_bytes(), page = (uintptr_t)slot & ~(bytes - 1);
  bool sealed = page >= module->sealed_start && page < module->sealed_limit;
  if (sealed && mprotect((void *)page, bytes, PROT_READ | PROT_WRITE) != 0) return;
  atomic_store((_Atomic(function) *)slot, to);
  if (sealed) mprotect((void *)page, bytes, PROT_READ);
}

/// `context`: whether slots that were never called through are filled in, too. When the program starts, they would all
/// be with our hook.
static int follow_module(struct dl_phdr_info *info, size_t size, void *context) {
  (void)size;
  module_slots module;
  if (!read_module(info, &module)) return 0;
  for (size_t number = 0; number < module.count; number++) {
    int i = function_of(&module, &module.relocations[number]);
    if (i < 0) continue;
    function *slot = (function *)(module.base + module.relocations[number].r_offset);
    function now = LAB_LOAD((_Atomic(function) *)slot), to = ((function *)&lab_active)[i];
    bool is_ours = lab_is_hidden((uintptr_t)now) || now == ((function *)&lab_real)[i];
    bool counts = is_ours || (*(const bool *)context && is_unbound(&module, now, number));
    if (to != NULL && now != to && counts) write_slot(&module, slot, to);
  }
  return 0;
}

static void follow(bool starting) {
  if (!lab_hooks_are_first()) return;
  int error = errno;
  dl_iterate_phdr(follow_module, &starting);
  errno = error;
}

void lab_slots_follow(void) { follow(false); }

__attribute__((constructor)) static void skip_hooks(void) {
  // Finds the real functions, if nobody has allocated yet.
  lab_active.free(lab_active.malloc(1));
  lab_allocator_find_sized();
  follow(true);
}
#endif
#endif
