import Foundation
import Pprof
import Profiling
import TestSupport
import Testing

/// What may befall a program whose heap is profiled.
@Suite(.heapProfiler) struct HeapBadDayTests {
  @Test func blocksOutliveTheirThreads() throws {
    let run = try ProfiledRun.heap("threads")
    #expect(run.status == 0)
    let expected = [
      "ended": ["8000 5864000 8000 5864000"], "half": ["8000 5864000 4000 2932000"], "none": ["8000 5864000 0 0"],
      "short": ["800 587200 0 0"],
    ]
    #expect(run.facts == expected)
  }

  @Test func aForkedChildGoesOnByItself() throws {
    let run = try ProfiledRun.heap("fork")
    #expect(run.facts == ["child": ["7"], "parent": ["1 74001 1 74001"], "childs": ["0 0 0 0"]])
  }

  @Test func noChildHangsOnWhatAnotherThreadHeld() throws {
    let run = try ProfiledRun.heap("fork-storm")
    #expect(run.fact("good") == 50)
  }

  @Test func aProgramMayBecomeAnother() throws {
    let run = try ProfiledRun.heap("exec")
    #expect(run.status == 0)
    #expect(run.fact("other") == 1)
  }

  @Test func noMemoryForTheTableIsACountedLoss() throws {
    let run = try ProfiledRun.heap("no-memory")
    #expect(run.status == 0)
    #expect(run.fact("block") == 1)
    #expect(run.fact("lost") == 1)
    #expect(run.facts["lost-block"] == ["1 8000003 0 0"])
    #expect(run.fact("comment") == 1)
    #expect(run.facts["next"] == ["1 75001 1 75001"])
  }

  @Test func signalsInTheHooksDisturbNeitherProfile() throws {
    let run = try ProfiledRun.heap("two-profilers")
    #expect(run.status == 0)
    #expect(run.facts["kept"] == ["1000 761000 1000 761000"])
    #expect(run.facts["freed"] == ["1000 761000 0 0"])
    #expect(run.fact("samples") > 0)
    #expect(run.fact("hooks-shown") == 0)
  }

  @Test func stacksOfAnUnloadedLibraryKeepTheirNames() throws {
    let clang = try #require(Tool("clang") ?? Tool("gcc"), "this test needs a C compiler")
    let folder = try TemporaryFolder()
    let source = folder.file("module.c")
    try """
    #include <stdlib.h>
    __attribute__((noinline)) void module_blocks(long count, void **blocks) {
      for (long i = 0; i < count; i++) blocks[i] = malloc(79001);
    }
    """.write(toFile: source, atomically: true, encoding: .utf8)
    try clang.run(["-O1", "-shared", "-fPIC", "-o", folder.file("module.so"), source])
    let run = try ProfiledRun.heap("unload", environment: ["MODULE": folder.file("module.so")])
    #expect(run.facts == ["closed": ["0"], "named": ["10 790010 10 790010"], "mapping": ["1"]])
  }

  @Test func whatAThreadDoesForTheProfilerIsLeftOut() throws {
    let run = try ProfiledRun.heap("without-recording")
    #expect(run.facts == ["ignored": ["3 234021 2 156014", "0 0 0 0", "1 78011 1 78011"]])
  }

  /// Calls skip the hook where they can, and lead to it where they cannot; either way every block is seen.
  @Test(arguments: ["lazy", "now"]) func callsOfOtherModulesSkipTheHook(binding: String) throws {
    let clang = try #require(Tool("clang") ?? Tool("gcc"), "this test needs a C compiler")
    let folder = try TemporaryFolder()
    let source = folder.file("module.c")
    try """
    #define _GNU_SOURCE
    #include <errno.h>
    #include <link.h>
    #include <stdlib.h>
    #include <string.h>
    #include <sys/uio.h>
    #include <unistd.h>
    extern ElfW(Dyn) _DYNAMIC[];
    static struct link_map *own_map(void) {
      for (struct link_map *map = _r_debug.r_map; map != NULL; map = map->l_next)
        if (map->l_ld == _DYNAMIC) return map;
      abort();
    }
    // The slot that calls of malloc go through.
    void **module_slot(void) {
      ElfW(Rela) *slots = NULL; ElfW(Sym) *symbols = NULL; char *strings = NULL; size_t bytes = 0;
      for (ElfW(Dyn) *entry = _DYNAMIC; entry->d_tag != DT_NULL; entry++) {
        if (entry->d_tag == DT_JMPREL) slots = (void *)entry->d_un.d_ptr;
        if (entry->d_tag == DT_PLTRELSZ) bytes = entry->d_un.d_val;
        if (entry->d_tag == DT_SYMTAB) symbols = (void *)entry->d_un.d_ptr;
        if (entry->d_tag == DT_STRTAB) strings = (void *)entry->d_un.d_ptr;
      }
      for (size_t i = 0; i < bytes / sizeof *slots; i++)
        if (strcmp(strings + symbols[ELF64_R_SYM(slots[i].r_info)].st_name, "malloc") == 0)
          return (void **)(own_map()->l_addr + slots[i].r_offset);
      abort();
    }
    // Whether its page can be written to: the kernel tries. -1: it does not know how to, as that of an emulator.
    int module_can_write(void) {
      void *value = *module_slot();
      struct iovec from = {&value, sizeof value}, to = {module_slot(), sizeof value};
      ssize_t written = process_vm_writev(getpid(), &from, 1, &to, 1, 0);
      return written < 0 && errno == ENOSYS ? -1 : written == sizeof value;
    }
    void *module_malloc(size_t size) { return malloc(size); }
    void module_free(void *block) { free(block); }
    """.write(toFile: source, atomically: true, encoding: .utf8)
    for name in ["first", "later"] {
      try clang.run(["-O1", "-shared", "-fPIC", "-Wl,-z,\(binding)", "-o", folder.file("\(name).so"), source])
    }
    let run = try ProfiledRun.heap(
      "slots", environment: ["LD_PRELOAD": folder.file("first.so"), "MODULE": folder.file("later.so")])
    #expect(run.status == 0)
    #expect(run.facts["first"] == ["libc", "ours", "libc", "ours", "libc"])
    #expect(run.facts["later"] == ["hook", "ours", "libc", "ours", "libc"])
    #expect(run.facts["recorded"] == ["4 316004 2 158002", "4 316004 2 158002"])
    #expect(run.facts["freed"] == ["4 316004 0 0", "4 316004 0 0"])
    // Where the dynamic linker took the right to write, it is not given back.
    let isWritable = run.facts["writable"]
    #expect(isWritable == ["-1", "-1"] || isWritable == (binding == "now" ? ["0", "0"] : ["1", "1"]))
  }

  @Test func theEnvironmentProfilesAWholeRun() throws {
    let folder = try TemporaryFolder()
    let run = try ProfiledRun.heap(
      "plain", environment: ["LAB_HEAPPROFILE": folder.file("heap.pb.gz"), "LAB_HEAPPROFILE_RATE": "1"])
    #expect(run.status == 0)
    let profile = try Profile(contentsOf: folder.file("heap.pb.gz"))
    try profile.checkValid()
    #expect(profile.period == 1)
    #expect(profile.sampleTypes.map(\.type) == ["alloc_objects", "alloc_space", "inuse_objects", "inuse_space"])
    #expect(profile.values(size: 79_003) == [3, 237_009, 2, 158_006])
  }

  @Test(arguments: [
    (["LAB_HEAPPROFILE": "/nonexistent/heap.pb.gz"], "cannot write to /nonexistent"),
    (["LAB_HEAPPROFILE": "/tmp/h.pb.gz", "LAB_HEAPPROFILE_RATE": "0"], "LAB_HEAPPROFILE_RATE is '0'"),
    (["LAB_HEAPPROFILE": "/dev/null", "LAB_ALLOCSPROFILE": "/dev/null"], "already running"),
  ])
  func whatIsWrongIsOneLineAndTheProgramRunsOn(environment: [String: String], complaint: String) throws {
    let run = try ProfiledRun.heap("plain", environment: environment)
    #expect(run.status == 0)
    #expect(run.complaint.contains(complaint))
    #expect(run.complaint.filter { $0 == "\n" }.count == 1)
  }
}

/// Beside a sanitizer there are no hooks.
@Suite(.enabled(if: !HeapProfiler.isAvailable, "this build has no sanitizer")) struct HeapSanitizerTests {
  @Test func theProfilerSaysWhyItDoesNotStart() {
    #expect(throws: ProfilingError.sanitizer) { try HeapProfiler.start() }
    #expect(ProfilingError.sanitizer.description.contains("sanitizer"))
  }
}
