// What the dynamic linker knows of an address. C, because Swift's Glibc module has no dladdr. Takes the linker's lock.
#include "lab_platform.h"
#if LAB_HAS_ENGINE
#include "lab_leaks.h"
#include <dlfcn.h>

const char *lab_leaks_file_at(uintptr_t address) {
  Dl_info info;
  return dladdr((const void *)address, &info) != 0 ? info.dli_fname : NULL;
}
#endif
