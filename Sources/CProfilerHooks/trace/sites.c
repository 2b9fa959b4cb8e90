// Where in Swift's libraries a task waits: in `Task.sleep`, `Task.yield`, a stream's `next`. To the runtime all of them are
// continuations.
//
// C, because it runs inside the runtime. It reads what the task has said of where it goes on, and calls the table of
// stacks only.
#include "lab_platform.h"
#if LAB_HAS_ENGINE
#include "base/hidden.h"
#include "runtime/extent.h"
#include "stacks/stacks.h"
#include "trace/trace.h"
#include <link.h>

LAB_HIDE_THIS_FILE

extern void swift_task_enqueue(void) __attribute__((weak));

/// The code of the file that has the runtime in it: a library, or the program if that is linked statically.
/// Two words: written once, before tasks are followed, and nobody looks before that.
static struct lab_extent library;

static int find(struct dl_phdr_info *info, size_t size, void *unused) {
  (void)size, (void)unused;
  for (int i = 0; i < info->dlpi_phnum; i++) {
    const ElfW(Phdr) *part = &info->dlpi_phdr[i];
    uintptr_t start = info->dlpi_addr + part->p_vaddr;
    struct lab_extent code = {start, start + part->p_memsz};
    if (part->p_type != PT_LOAD || !(part->p_flags & PF_X) || !lab_lies_in((uintptr_t)swift_task_enqueue, code)) continue;
    library = code;
    return 1;
  }
  return 0;
}

void lab_trace_sites_begin(void) {
  if (library.start == 0 && swift_task_enqueue != NULL && lab_stacks_open(&lab_stacks)) dl_iterate_phdr(find, NULL);
}

static uintptr_t word(uintptr_t address) { return *(const uintptr_t *)address; }

uint32_t lab_trace_site(const struct lab_task *task) {
  enum { FRAMES = 4 };
  uintptr_t address = LAB_LOAD(&task->address), resume = word(address + LAB_TASK_RESUME_FUNCTION), pcs[FRAMES];
  if (LAB_LIKELY(!lab_lies_in(resume, library))) return 0;
  size_t count = 0;
  pcs[count++] = resume + 1;
  uintptr_t context = word(address + LAB_TASK_RESUME_CONTEXT);
  while (count < FRAMES && context != 0 && (context & 7) == 0) {
    uintptr_t parent = word(context), caller = word(context + 8);
    // A continuation's own context says again where its task goes on.
    bool is_said = count == 1 && caller == resume;
    if (parent != 0 && !is_said) {
      if (!lab_lies_in(caller, library)) break;
      pcs[count++] = caller + 1;
    }
    context = parent;
  }
  uint32_t stack = lab_stack_intern(&lab_stacks, 0, pcs, count);
  return stack == LAB_STACK_NONE ? 0 : lab_trace_stack(stack);
}
#endif
