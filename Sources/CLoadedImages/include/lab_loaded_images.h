// Which files are mapped where.
#pragma once
#include <stdint.h>
#pragma GCC visibility push(hidden)

/// A mapped file with code in it; valid only during the call that hands it over.
typedef struct {
  uint64_t base;                 ///< what the loader adds to an address of the file
  const char *_Nonnull name;     ///< its path; empty for the program
  uint64_t code_start, code_end; ///< in this process, from the first executable segment to the last
  uint64_t code_offset;          ///< in the file, of the byte at `code_start`
  const uint8_t *_Nullable build_id;
  uint64_t build_id_size;
  uint64_t loads, unloads; ///< how often the loader has done so; 0 where it does not tell
} lab_loaded_image;

/// Calls `visit` for each file with code that the loader has mapped, the program first. Calls it for none where files
/// are not ELF's.
///
/// C because `dl_iterate_phdr` is declared only under _GNU_SOURCE, which Swift's Glibc module does not define.
/// Holds the loader's lock meanwhile: not for a signal handler, and `visit` must not load or unload anything.
void lab_each_loaded_image(
    void (*_Nonnull visit)(lab_loaded_image image, void *_Nullable context), void *_Nullable context);

#pragma GCC visibility pop
