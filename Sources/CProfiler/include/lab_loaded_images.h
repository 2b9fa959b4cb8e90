// Which files are mapped where.
#pragma once
#include <elf.h>
#include <stdint.h>
#pragma GCC visibility push(hidden)

/// What the dynamic loader says about one file; valid only during the call that hands it over.
typedef struct {
  uint64_t base;
  const char *_Nullable name;
  const Elf64_Phdr *_Nullable headers;
  uint64_t header_count;
  const uint8_t *_Nullable build_id;
  uint64_t build_id_size;
} lab_loaded_image;

/// Calls `visit` for each file that the loader has mapped, the program first.
///
/// C because `dl_iterate_phdr` is declared only under _GNU_SOURCE, which Swift's Glibc module does not define.
/// Holds the loader's lock meanwhile: not for a signal handler, and `visit` must not load or unload anything.
void lab_each_loaded_image(
    void (*_Nonnull visit)(lab_loaded_image image, void *_Nullable context), void *_Nullable context);

/// Calls `visit` for each file that was mapped when the program unloaded one, while a heap profiler ran: a block may
/// outlive the library that allocated it. `visit` must not unload anything.
void lab_each_departed_image(
    void (*_Nonnull visit)(lab_loaded_image image, void *_Nullable context), void *_Nullable context);

#pragma GCC visibility pop
