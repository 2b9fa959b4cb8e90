// C, because it is done where the program's locks may be held. It asks the kernel only.
#include "lab_platform.h"
#if LAB_HAS_ENGINE
#include "base/read_many.h"
#include "base/system_call.h"
#include <errno.h>
#include <sys/uio.h>
#include <unistd.h>

enum { AT_ONCE = 256 };

bool lab_read_many(const uintptr_t *addresses, size_t count, size_t bytes, void *out, bool *were_read) {
  struct iovec to[AT_ONCE], from[AT_ONCE];
  for (size_t done = 0; done < count;) {
    size_t here = count - done < AT_ONCE ? count - done : AT_ONCE;
    for (size_t i = 0; i < here; i++) {
      to[i] = (struct iovec){(char *)out + (done + i) * bytes, bytes};
      from[i] = (struct iovec){(void *)addresses[done + i], bytes};
    }
    long read = lab_system_call(SYS_process_vm_readv, getpid(), to, here, from, here, 0);
    if (read < 0 && read != -EFAULT) return false;
    // It stops at the first that is not there.
    size_t whole = read < 0 ? 0 : (size_t)read / bytes;
    for (size_t i = 0; i < whole; i++) were_read[done + i] = true;
    done += whole;
    if (whole < here) were_read[done++] = false;
  }
  return true;
}
#endif
