// Reads memory that may go away while it is read.
//
// C, because it is done with all threads stopped, too. It asks the kernel only.
#include "lab_platform.h"
#if LAB_HAS_ENGINE
#include "base/system_call.h"
#include "lab_memory.h"
#include <sys/uio.h>
#include <unistd.h>

bool lab_read_memory(uintptr_t address, void *out, size_t bytes) {
  struct iovec to = {out, bytes}, from = {(void *)address, bytes};
  return lab_system_call(SYS_process_vm_readv, getpid(), &to, 1, &from, 1, 0) == (long)bytes;
}

unsigned lab_memory_bits(void) { return LAB_USER_BITS; }
#endif
