#ifndef LAB_LOADED_IMAGES_H
#define LAB_LOADED_IMAGES_H

#include <elf.h>
#include <stdint.h>

/// What the dynamic loader says about one file; valid only during the call that hands it over.
typedef struct {
  uint64_t base;
  const char *_Nullable name;
  const Elf64_Phdr *_Nullable headers;
  uint64_t header_count;
} lab_loaded_image;

/// Calls `visit` for each file that the loader has mapped, the program first.
///
/// C because `dl_iterate_phdr` is declared only under _GNU_SOURCE, which Swift's Glibc module does not define.
/// Holds the loader's lock meanwhile: not for a signal handler, and `visit` must not load or unload anything.
void lab_each_loaded_image(
    void (*_Nonnull visit)(lab_loaded_image image, void *_Nullable context), void *_Nullable context);

#endif
