// Runs a program and kills it by SIGKILL right before one of the system calls that it makes after it has said
// something: `killed WHICH PROGRAM ARGUMENTS…`. WHICH is the how manieth one, or the name of one that is about a file;
// with 0 the program lives, and how many there were is told.
#include "work.h"
#include <sys/ptrace.h>
#include <sys/user.h>

static const struct { const char *name; unsigned long long number; int time; } named[] = {
    {"write", SYS_write, 1}, {"fsync", SYS_fsync, 1}, {"linkat", SYS_linkat, 1}, {"second-fsync", SYS_fsync, 2}};
enum { NAMED = sizeof named / sizeof *named };

int main(int count, char **arguments) {
  if (count < 3) return 1;
  long wanted = atol(arguments[1]), calls = 0, times[NAMED] = {0};
  int status, has_written = 0;
  pid_t program = fork(), id;
  if (program == 0) {
    if (ptrace(PTRACE_TRACEME, 0, 0, 0) != 0) _exit(126);
    raise(SIGSTOP);
    execv(arguments[2], arguments + 2);
    _exit(127);
  }
  if (waitpid(program, &status, 0) != program || !WIFSTOPPED(status)) return 1;
  ptrace(PTRACE_SETOPTIONS, program, 0,
         PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL);
  ptrace(PTRACE_SYSCALL, program, 0, 0);
  while ((id = waitpid(-1, &status, __WALL)) > 0) {
    if (!WIFSTOPPED(status)) continue;
    int signal = WSTOPSIG(status), is_event = status >> 16 != 0;
    struct user_regs_struct registers;
    if (signal == (SIGTRAP | 0x80)) {
      signal = 0;
      // A call begins with this for its result.
      if (ptrace(PTRACE_GETREGS, id, 0, &registers) == 0 && registers.rax == (unsigned long long)-ENOSYS) {
        int is_next = has_written && ++calls == wanted;
        for (int i = 0; i < NAMED; i++) {
          int is_meant = has_written && registers.orig_rax == named[i].number && registers.rdi > 2;
          is_next |= is_meant && ++times[i] == named[i].time && strcmp(arguments[1], named[i].name) == 0;
        }
        if (is_next) {
          printf("killed before call %ld, %llu\n", calls, registers.orig_rax);
          kill(program, SIGKILL);
        }
        has_written |= registers.orig_rax == SYS_write && registers.rdi == 1;
      }
    }
    // What every new thread begins with is none of the program's.
    if (is_event || signal == SIGSTOP) signal = 0;
    ptrace(PTRACE_SYSCALL, id, 0, signal);
  }
  printf("%ld calls\n", calls);
  return 0;
}
