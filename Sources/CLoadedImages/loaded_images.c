#include "lab_loaded_images.h"

#if defined(__linux__)
#include <elf.h>
#include <link.h>
#include <stddef.h>
#include <string.h>

typedef struct {
  void (*visit)(lab_loaded_image image, void *context);
  void *context;
} lab_image_visitor;

/// Finds the note `GNU`, type 3, in a segment of notes.
static void find_build_id(const uint8_t *notes, uint64_t size, lab_loaded_image *image) {
  for (uint64_t at = 0; at + sizeof(ElfW(Nhdr)) <= size;) {
    const ElfW(Nhdr) *note = (const ElfW(Nhdr) *)(notes + at);
    uint64_t name = at + sizeof *note, content = name + (((uint64_t)note->n_namesz + 3) & ~3ull);
    if (content + note->n_descsz > size) return;
    if (note->n_type == NT_GNU_BUILD_ID && note->n_namesz == 4 && memcmp(notes + name, "GNU", 4) == 0) {
      image->build_id = notes + content;
      image->build_id_size = note->n_descsz;
      return;
    }
    at = content + (((uint64_t)note->n_descsz + 3) & ~3ull);
  }
}

/// Whether a segment lies in memory: what a damaged file says of itself need not.
static int is_loaded(const struct dl_phdr_info *info, const ElfW(Phdr) *segment) {
  for (int i = 0; i < info->dlpi_phnum; i++) {
    const ElfW(Phdr) *p = &info->dlpi_phdr[i];
    if (p->p_type == PT_LOAD && (p->p_flags & PF_R) && segment->p_vaddr >= p->p_vaddr &&
        segment->p_vaddr - p->p_vaddr <= p->p_filesz &&
        segment->p_filesz <= p->p_filesz - (segment->p_vaddr - p->p_vaddr))
      return 1;
  }
  return 0;
}

/// Notes the span of the executable segments; whether there is one.
static int find_code(const struct dl_phdr_info *info, lab_loaded_image *image) {
  int found = 0;
  for (int i = 0; i < info->dlpi_phnum; i++) {
    const ElfW(Phdr) *p = &info->dlpi_phdr[i];
    if (p->p_type != PT_LOAD || !(p->p_flags & PF_X)) continue;
    uint64_t start = info->dlpi_addr + p->p_vaddr;
    if (!found) {
      image->code_start = start;
      image->code_offset = p->p_offset;
    }
    image->code_end = start + p->p_memsz;
    found = 1;
  }
  return found;
}

/// Passes one file on in our own words; C because it is the loader's callback. Calls only the visitor.
static int lab_visit_loaded_image(struct dl_phdr_info *info, size_t size, void *visitor) {
  (void)size;
  lab_image_visitor *to = visitor;
  lab_loaded_image image = {.base = info->dlpi_addr, .name = info->dlpi_name != NULL ? info->dlpi_name : "",
                            .loads = info->dlpi_adds, .unloads = info->dlpi_subs};
  if (!find_code(info, &image)) return 0;
  for (int i = 0; i < info->dlpi_phnum && image.build_id == NULL; i++) {
    const ElfW(Phdr) *p = &info->dlpi_phdr[i];
    if (p->p_type == PT_NOTE && is_loaded(info, p))
      find_build_id((const uint8_t *)(info->dlpi_addr + p->p_vaddr), p->p_filesz, &image);
  }
  to->visit(image, to->context);
  return 0;
}

void lab_each_loaded_image(void (*visit)(lab_loaded_image image, void *context), void *context) {
  lab_image_visitor visitor = {visit, context};
  dl_iterate_phdr(lab_visit_loaded_image, &visitor);
}

#else

void lab_each_loaded_image(void (*visit)(lab_loaded_image image, void *context), void *context) {
  (void)visit;
  (void)context;
}

#endif
