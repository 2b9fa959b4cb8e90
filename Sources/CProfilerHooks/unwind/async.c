// C because unwind tables are built where Swift's allocator may not be used; runs outside handlers, calls mmap and
// open.
//
// Finds Swift's async functions in a symbol table. Two marks of the mangling tell them apart:
// - `<function>Tu` is the function's async pointer: a record {relative address of the function, context size};
// - `<function>TY<n>_` and `<function>TQ<n>_` are the parts it resumes in after an await.
// Source: swift, docs/ABI/Mangling.rst, "async".
#include "lab_platform.h"
#if LAB_HAS_ENGINE
#include "lab_memory.h"
#include "base/system_call.h"
#include "unwind/unwind.h"
#include <elf.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/// Swift's manglings, and the one async function whose name is not mangled: the entry point.
static bool is_swift(const char *name) {
  return (name[0] == '$' && (name[1] == 's' || name[1] == 'S' || name[1] == 'e')) || !strncmp(name, "async_Main", 10);
}

static bool is_async_pointer(const char *name, size_t length) {
  return length > 4 && name[length - 2] == 'T' && name[length - 1] == 'u';
}

static bool is_resume_part(const char *name, size_t length) {
  if (length < 6 || name[length - 1] != '_') return false;
  size_t i = length - 2;
  while (i > 3 && name[i] >= '0' && name[i] <= '9') i--;
  return (name[i] == 'Y' || name[i] == 'Q') && name[i - 1] == 'T';
}

typedef struct lab_async_function function;

static void swap(function *a, function *b) {
  function c = *a;
  *a = *b;
  *b = c;
}

static void sift(function *heap, size_t root, size_t count) {
  for (size_t child; (child = 2 * root + 1) < count; root = child) {
    if (child + 1 < count && heap[child].start < heap[child + 1].start) child++;
    if (heap[root].start >= heap[child].start) return;
    swap(&heap[root], &heap[child]);
  }
}

/// Heap sort: in place, and qsort may call malloc.
static void sort(function *values, size_t count) {
  for (size_t i = count / 2; i-- > 0;) sift(values, i, count);
  for (size_t n = count; n-- > 1;) {
    swap(&values[0], &values[n]);
    sift(values, 0, n);
  }
}

/// The best symbol table of the file, or null; checked to lie inside it.
static const Elf64_Shdr *symbol_table(const char *file, size_t size) {
  const Elf64_Ehdr *header = (const Elf64_Ehdr *)file;
  if (header->e_shentsize != sizeof(Elf64_Shdr) || header->e_shoff > size ||
      header->e_shnum > (size - header->e_shoff) / sizeof(Elf64_Shdr))
    return 0;
  const Elf64_Shdr *sections = (const Elf64_Shdr *)(file + header->e_shoff), *best = 0;
  for (int i = 0; i < header->e_shnum; i++) {
    const Elf64_Shdr *s = &sections[i];
    if (s->sh_type != SHT_SYMTAB && (s->sh_type != SHT_DYNSYM || best)) continue;
    if (s->sh_link >= header->e_shnum || s->sh_offset > size || s->sh_size > size - s->sh_offset) continue;
    const Elf64_Shdr *names = &sections[s->sh_link];
    if (names->sh_size == 0 || names->sh_offset > size || names->sh_size > size - names->sh_offset) continue;
    if (file[names->sh_offset + names->sh_size - 1] != 0) continue;
    best = s;
  }
  return best;
}

/// Whether the file is still the one that was loaded, not a newer build of it.
static bool is_loaded_file(const char *file, size_t size, const void *phdrs, size_t phdrs_size) {
  const Elf64_Ehdr *header = (const Elf64_Ehdr *)file;
  return size >= sizeof *header && memcmp(header->e_ident, ELFMAG, SELFMAG) == 0 &&
         header->e_ident[EI_CLASS] == ELFCLASS64 && header->e_phoff <= size && phdrs_size <= size - header->e_phoff &&
         memcmp(file + header->e_phoff, phdrs, phdrs_size) == 0;
}

static struct lab_async_functions collect(const char *file, size_t size, uintptr_t load, uintptr_t lo, uintptr_t hi) {
  struct lab_async_functions none = {0};
  const Elf64_Shdr *table = symbol_table(file, size);
  if (!table) return none;
  const Elf64_Shdr *names = (const Elf64_Shdr *)(file + ((const Elf64_Ehdr *)file)->e_shoff) + table->sh_link;
  const Elf64_Sym *symbols = (const Elf64_Sym *)(file + table->sh_offset);
  size_t symbol_count = table->sh_size / sizeof *symbols, count = 0, bytes = (symbol_count + 1) * sizeof(function);
  function *found = lab_own_map(bytes);
  if (!found) return none;
  for (size_t i = 0; i < symbol_count; i++) {
    const Elf64_Sym *s = &symbols[i];
    int type = ELF64_ST_TYPE(s->st_info);
    if ((type != STT_FUNC && type != STT_OBJECT) || s->st_shndx == SHN_UNDEF || s->st_name >= names->sh_size) continue;
    const char *name = file + names->sh_offset + s->st_name;
    if (!is_swift(name)) continue;
    size_t length = strlen(name);
    if (type == STT_FUNC && is_resume_part(name, length)) {
      found[count++] = (function){(uint32_t)s->st_value, (uint32_t)s->st_size};
    } else if (type == STT_OBJECT && s->st_size == 8 && is_async_pointer(name, length) && load + s->st_value >= lo &&
               load + s->st_value <= hi - 8) {
      int32_t distance = *(const int32_t *)(load + s->st_value);
      found[count++] = (function){(uint32_t)(s->st_value + (uint64_t)(int64_t)distance), 0};
    }
  }
  sort(found, count);
  return (struct lab_async_functions){found, (long)count, table->sh_type == SHT_SYMTAB, bytes};
}

struct lab_async_functions lab_async_functions(const char *path, uintptr_t load, const void *phdrs,
                                               size_t phdrs_size) {
  struct lab_async_functions result = {0};
  // Async pointers are read where they are loaded: find the readable stretch they may lie in.
  uintptr_t lo = UINTPTR_MAX, hi = 0;
  for (const Elf64_Phdr *p = phdrs; p < (const Elf64_Phdr *)((const char *)phdrs + phdrs_size); p++) {
    if (p->p_type != PT_LOAD || !(p->p_flags & PF_R)) continue;
    if (load + p->p_vaddr < lo) lo = load + p->p_vaddr;
    if (load + p->p_vaddr + p->p_memsz > hi) hi = load + p->p_vaddr + p->p_memsz;
  }
  // By bare system calls: the C library's functions may be hooked.
  int file = (int)lab_system_call(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC, 0);
  if (file < 0) return result;
  struct stat status;
  if (fstat(file, &status) == 0 && S_ISREG(status.st_mode) && status.st_size > 0 && hi > lo + 8) {
    size_t size = (size_t)status.st_size;
    long start = lab_system_call(SYS_mmap, NULL, size, PROT_READ, MAP_PRIVATE, file, 0);
    if (start > 0) {
      if (is_loaded_file((char *)start, size, phdrs, phdrs_size)) result = collect((char *)start, size, load, lo, hi);
      lab_system_call(SYS_munmap, start, size);
    }
  }
  lab_system_call(SYS_close, file);
  return result;
}
#endif
