// C because it runs while all threads stand still, and reads what only C's library knows the shape of. It calls the kernel
// only.
#include "lab_platform.h"
#if LAB_HAS_ENGINE
#include "threads/descriptors.h"
#include "lab_memory.h"
#include <pthread.h>

static uintptr_t word(uintptr_t address) { return *(const volatile uintptr_t *)address; }

#if LAB_STORAGE_IS_ABOVE
// The thread pointer is the end of a description, which begins with 24 words of padding; then come the links of the list
// that all stacks are in, by which it is known, and the id.
enum { LINKS = 192, TO_ID = 16 };

bool lab_marks_thread(uintptr_t links) {
  uintptr_t next = word(links), last = word(links + sizeof next), back, on, storage;
  // A list of which each entry is the next one's last, and the last one's next.
  if (next == links || last == links || ((next | last) & 7) != 0) return false;
  return lab_read_memory(next + sizeof back, &back, sizeof back) && back == links &&
         lab_read_memory(last, &on, sizeof on) && on == links &&
         lab_read_memory(lab_marked_pointer(links), &storage, sizeof storage) && storage != 0;
}

uintptr_t lab_marked_pointer(uintptr_t links) {
  return links - LINKS + (lab_thread_pointer() - (uintptr_t)pthread_self());
}
#else
// It begins at the thread pointer, with its own address at words 0 and 2 (tcbhead_t.tcb and .self).
enum { TO_ID = 720 };

bool lab_marks_thread(uintptr_t mark) { return word(mark) == mark && word(mark + 2 * sizeof(uintptr_t)) == mark; }

uintptr_t lab_marked_pointer(uintptr_t mark) { return mark; }
#endif

bool lab_thread_keeps_id_at(uintptr_t address) {
  char copy[LAB_MARK_BYTES];
  uintptr_t mark = address - TO_ID;
  return mark % LAB_MARK_ALIGNMENT == 0 && lab_read_memory(mark, copy, sizeof copy) && lab_marks_thread(mark);
}
#endif
