// Works, keeps memory, and leaves in one of all the ways there are. `left` and what follows is what nobody may see of a
// program that has left.
#include "work.h"
#include <fcntl.h>
#include <grp.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>

enum { BLOCKS = 100, BYTES = 70001 };
static char *volatile kept[BLOCKS];

/// What a heap profile is to show: 100 blocks.
__attribute__((noinline)) static void keep(void) {
  for (int i = 0; i < BLOCKS; i++) memset(kept[i] = malloc(BYTES), 1, BYTES);
}

/// Lets all but ten go again.
__attribute__((noinline)) static void let_go(void) {
  for (int i = 10; i < BLOCKS; i++) free(kept[i]), kept[i] = NULL;
}

static const char *self, *how, *what;

static int is(const char *name) { return strcmp(how, name) == 0; }

static void *send_soon(void *number) {
  usleep(100000);
  kill(getpid(), *(int *)number);
  return NULL;
}

static int number_of(const char *name) {
  const struct { const char *name; int number; } all[] = {
      {"int", SIGINT}, {"term", SIGTERM}, {"hup", SIGHUP}, {"quit", SIGQUIT}, {"usr1", SIGUSR1}, {"alrm", SIGALRM},
      {"abrt", SIGABRT}, {"segv", SIGSEGV}, {"trap", SIGTRAP}, {"pipe", SIGPIPE}, {"xfsz", SIGXFSZ}, {"io", SIGIO},
      {"pwr", SIGPWR}, {"sys", SIGSYS}, {"rtmin", SIGRTMIN}, {"rtmax", SIGRTMAX}};
  for (size_t i = 0; i < sizeof all / sizeof *all; i++)
    if (strcmp(all[i].name, name) == 0) return all[i].number;
  return 0;
}

/// Ended by a signal in a call that a handler would end early.
static void wait_for_signal(const char *call) {
  static int number;
  pthread_t thread;
  number = number_of(what);
  pthread_create(&thread, NULL, send_soon, &number);
  if (strcmp(call, "sleep") == 0) sleep(30);
  if (strcmp(call, "pause") == 0) pause();
  if (strcmp(call, "poll") == 0) poll(NULL, 0, 30000);
  if (strcmp(call, "read") == 0) {
    int ends[2];
    char byte;
    if (pipe(ends) != 0 || read(ends[0], &byte, 1) != 1) printf("left read\n");
  }
  if (strcmp(call, "burn") == 0) burn(30);
  if (strcmp(call, "allocate") == 0)
    for (char *volatile block;;) block = malloc(500), free(block);
  printf("left %s\n", call);
}

static void leave_in_handler(int number) { _exit(40 + number); }
static void come_back(int number) {
  printf("handled %d\n", number);
  fflush(stdout);
}
static void leave_as_well(int number) {
  come_back(number);
  signal(number, SIG_DFL);
  raise(number);
}

/// Handlers of the program's own.
static void handle(void) {
  if (is("own-exit")) signal(SIGTERM, leave_in_handler);
  if (is("own-again")) signal(SIGTERM, leave_as_well);
  if (is("own-once")) sigaction(SIGTERM, &(struct sigaction){.sa_handler = come_back, .sa_flags = SA_RESETHAND}, NULL);
  if (is("ignored")) signal(SIGTERM, SIG_IGN);
  struct sigaction now;
  sigaction(SIGTERM, NULL, &now);
  printf("%s, flags %x\n", word(now.sa_handler), (unsigned)now.sa_flags);
  fflush(stdout);
  raise(SIGTERM);
  sigaction(SIGTERM, NULL, &now);
  printf("%s, flags %x\n", word(now.sa_handler), (unsigned)now.sa_flags);
  fflush(stdout);
  if (is("ignored")) signal(SIGTERM, SIG_DFL);
  raise(SIGTERM);
  printf("left\n");
}

/// A child that leaves by `_exit`, and one that is ended by a signal.
static void have_children(void) {
  for (int i = 0; i < 2; i++) {
    pid_t id = i == 0 ? fork() : vfork();
    if (id == 0) {
      if (i == 0) kill(getpid(), SIGTERM), pause();
      _exit(7);
    }
    int status;
    waitpid(id, &status, 0);
    printf("child %x\n", (unsigned)status);
  }
  fflush(stdout);
}

/// Needs more stack than there is.
__attribute__((noinline)) static int overflow(int depth) {
  volatile char frame[4096];
  frame[0] = (char)depth;
  return overflow(depth + 1) + frame[0];
}
static void *overflow_here(void *unused) { return (char *)unused + overflow(0); }

static void crash(void) {
  if (is("overflows")) overflow(0);
  if (is("thread-overflows")) in_thread(overflow_here, NULL);
  static volatile int zero;
  if (is("segv")) *(volatile int *)8 = 1;
  if (is("bus")) {
    FILE *empty = tmpfile();
    char *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fileno(empty), 0);
    page[0] = 1;
  }
  if (is("fpe")) zero = 1000003 / zero;
  if (is("ill")) __builtin_trap();
  if (is("trap")) __asm__ volatile("int3");
  if (is("abort")) abort();
  if (is("abort-handled")) signal(SIGABRT, come_back), abort();
}

static void *exit_bare(void *unused) {
  syscall(SYS_exit, 0);
  return unused;
}

/// What a program may do to itself that leaves nobody much to write with.
static int limit(void) {
  if (is("no-descriptors")) {
    int opened = 0;
    setrlimit(RLIMIT_NOFILE, &(struct rlimit){1024, 1024});
    while (open("/dev/null", O_RDONLY) >= 0) opened++;
    return opened > 100 ? 21 : 1;
  }
  if (is("no-memory")) {
    char line[100];
    unsigned long pages = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    if (!file || !fgets(line, sizeof line, file) || sscanf(line, "%lu", &pages) != 1) return 1;
    fclose(file);
    unsigned long bytes = pages * 4096 + strtoul(what, NULL, 10) * (1 << 20);
    return setrlimit(RLIMIT_AS, &(struct rlimit){bytes, bytes}) == 0 ? 22 : 1;
  }
  if (is("small-files")) return setrlimit(RLIMIT_FSIZE, &(struct rlimit){1000, 1000}) == 0 ? 23 : 1;
  if (is("filtered")) {
    // Whoever opens a file is ended.
    struct sock_filter code[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_openat, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)};
    struct sock_fprog filter = {sizeof code / sizeof *code, code};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return 1;
    return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter, 0, 0) == 0 ? 24 : 1;
  }
  return 0;
}

int main(int count, char **arguments) {
  self = arguments[0];
  how = count > 1 ? arguments[1] : "";
  what = count > 2 ? arguments[2] : "";
  // No file of a crash, and nothing that reports one takes long.
  prctl(PR_SET_DUMPABLE, 0);
  setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
  if (is("started")) {
    printf("started\n");
    return 5;
  }
  burn(0.1);
  keep();
  printf("%s %s\n", how, what);
  fflush(stdout);
  if (is("return")) return 3;
  if (is("exit")) exit(4);
  if (is("_exit")) _exit(5);
  if (is("_Exit")) _Exit(6);
  if (is("quick_exit")) quick_exit(7);
  if (is("peak")) let_go(), _exit(8);
  if (is("thread")) pthread_exit(NULL);
  if (is("bare")) syscall(SYS_exit, 9);
  if (is("bare-thread")) {
    in_thread(exit_bare, NULL);
    return 11;
  }
  if (is("daemon")) {
    if (daemon(1, 1) != 0) return 1;
    return 12;
  }
  if (is("exec")) execl(self, "leaves", "started", NULL);
  if (is("exec-fails")) {
    printf("exec %d\n", execl("/etc/passwd", "none", NULL));
    char none[] = "/tmp/lab-no-program-XXXXXX";
    int file = mkstemp(none);
    if (file < 0 || write(file, "\177ELFnone", 8) != 8 || fchmod(file, 0755) != 0) return 1;
    close(file);
    printf("exec %d\n", execl(none, "none", NULL));
    unlink(none);
    return 13;
  }
  if (is("children")) {
    have_children();
    return 14;
  }
  if (is("raise")) raise(number_of(what)), printf("left\n");
  if (is("all-blocked")) {
    sigset_t set = all_signals();
    int number;
    sigprocmask(SIG_BLOCK, &set, NULL);
    raise(SIGTERM);
    sigwait(&set, &number);
    printf("took %d\n", number);
    return 15;
  }
  static const char *const calls[] = {"sleep", "pause", "poll", "read", "burn", "allocate"};
  for (size_t i = 0; i < sizeof calls / sizeof *calls; i++)
    if (is(calls[i])) wait_for_signal(calls[i]);
  if (is("stays")) burn(300);
  if (is("looked-at")) sleep(300), printf("woken\n");
  if (is("own-usr1")) {
    signal(SIGUSR1, come_back);
    raise(SIGUSR1);
    return 20;
  }
  if (strncmp(how, "setuid", 6) == 0) {
    if (chdir(what) != 0 || setgroups(0, NULL) != 0 || setgid(65534) != 0 || setuid(65534) != 0) return 1;
    if (is("setuid-small-files")) setrlimit(RLIMIT_FSIZE, &(struct rlimit){1000, 1000});
    if (is("setuid-killed")) kill(getpid(), SIGKILL);
    return 16;
  }
  if (is("chroot")) {
    if (chroot(what) != 0 || chdir("/") != 0) return 1;
    return 17;
  }
  if (is("closes")) {
    for (int i = 3; i < 1024; i++) close(i);
    return 18;
  }
  if (is("descriptors")) {
    for (int i = 0; i < 3; i++) printf("descriptor %d\n", open("/dev/null", 0));
    return 19;
  }
  int limited = limit();
  if (limited) return limited;
  if (strncmp(how, "own", 3) == 0 || is("ignored")) handle();
  crash();
  return 1;
}
