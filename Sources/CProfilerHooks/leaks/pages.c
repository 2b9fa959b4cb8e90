// Which pages of a stretch of memory hold anything, by what the kernel says of each.
//
// C, because it runs while all threads stand still. It calls the kernel only.
#include "lab_platform.h"
#if LAB_HAS_ENGINE
#include "base/system_call.h"
#include "leaks/leaks.h"

/// Bits of /proc/thread-self/pagemap. Source: kernel, Documentation/admin-guide/mm/pagemap.rst.
#define PAGE_IN_USE (3ull << 62)
#define PAGE_OF_FILE (1ull << 61)
#define WINDOW 512

void lab_pages_visit(int pagemap, uintptr_t bytes, uintptr_t start, uintptr_t limit, lab_page_kind kind,
                     lab_page_visitor visit, void *context) {
  for (uintptr_t at = start; at < limit;) {
    uint64_t entries[WINDOW];
    unsigned char in_core[WINDOW];
    uintptr_t first_page = at & ~(bytes - 1);
    size_t wanted = (limit - first_page + bytes - 1) / bytes;
    if (wanted > WINDOW) wanted = WINDOW;
    long got = pagemap < 0 ? -1 : lab_system_call(SYS_pread64, pagemap, entries, wanted * 8, first_page / bytes * 8);
    bool known = got == (long)(wanted * 8), is_shared = kind == LAB_PAGES_SHARED;
    bool asked = is_shared && lab_system_call(SYS_mincore, first_page, wanted * bytes, in_core) == 0;
    for (size_t i = 0; i < wanted; i++) {
      bool has_entry = known && (entries[i] & PAGE_IN_USE);
      bool is_cold = is_shared && known && !has_entry && asked && !(in_core[i] & 1);
      bool used = !known || is_shared || (has_entry && !(kind == LAB_PAGES_OF_FILE && (entries[i] & PAGE_OF_FILE)));
      // Larger pages by parts of the usual size, which is what there is room for.
      uintptr_t first = first_page + i * bytes;
      for (uintptr_t part = first; used && part < first + bytes; part += LAB_PAGE) {
        uintptr_t from = part > at ? part : at, to = part + LAB_PAGE < limit ? part + LAB_PAGE : limit;
        if (from < to) visit(context, from, to, is_cold);
      }
    }
    at = first_page + wanted * bytes;
  }
}
#endif
