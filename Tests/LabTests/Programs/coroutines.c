// Coroutines on stacks of their own.
#include "work.h"
#include <sys/mman.h>
#include <ucontext.h>

enum { COUNT = 20, BYTES = 65536 };
static ucontext_t scheduler, coroutines[COUNT];

__attribute__((noinline)) static void body(int number) {
  for (int i = 0; i < 10; i++) {
    burn(0.002);
    free(malloc(1000));
    swapcontext(&coroutines[number], &scheduler);
  }
}

int main(void) {
  for (int i = 0; i < COUNT; i++) {
    getcontext(&coroutines[i]);
    coroutines[i].uc_stack.ss_sp = mmap(NULL, BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    coroutines[i].uc_stack.ss_size = BYTES;
    coroutines[i].uc_link = &scheduler;
    makecontext(&coroutines[i], (void (*)(void))body, 1, i);
  }
  for (int round = 0; round < 10; round++)
    for (int i = 0; i < COUNT; i++) swapcontext(&scheduler, &coroutines[i]);
  puts("done");
  return 0;
}
