import Testing

@testable import lab

/// What a reader's file may use.
@Suite struct AllowedCodeTests {
  @Test(arguments: [
    "@_silgen_name(\"lab_stop\") func stop()", "@_spi(Judge) import Given", "@testable import Given",
    "let a = \"/*\"\n@_silgen_name(\"x\") func f() // */", "@ _cdecl(\"x\") func f() {}", "import Profiling",
    "import Given; import ScenarioRunning", "public import struct Profiling.Profile", "/* a */ import Profiling",
    "@preconcurrency import CProfiler", "func f() { syscall(1) }", "func f() { Glibc.syscall(1) }",
    "import `Profiling`", "unowned(unsafe) var a: A",
    "Unmanaged.passRetained(a)",
  ])
  func refused(_ text: String) { #expect(AllowedCode.fault(inSource: text) != nil) }

  @Test(arguments: [
    "import Given\nimport Foundation\nimport Synchronization\nimport Dispatch\nimport Glibc",
    "@MainActor final class A {}\n@concurrent nonisolated func f() async {}\n@inline(never) func g() {}",
    "// These import Profiling.\nlet text = \"we import goods\"", "import class Foundation.NSLock", "@Sendable",
  ])
  func allowed(_ text: String) { #expect(AllowedCode.fault(inSource: text) == nil) }

  @Test(arguments: [
    "$sSS10FoundationE14contentsOfFile8encodingSSSS_SSAAE8EncodingVtKcfC", "dlsym", "lab_profiler_stop", "fopen",
    "kill",
    "$s9Profiling11CPUProfilerC", "pthread_sigmask", "_swift_tsan_release", "setenv", "$s10Foundation7ProcessCACycfC",
    "swift_task_enqueueGlobal_hook", "$s10Foundation11FileManagerC7defaultACvgZ", "execve", "mprotect",
    "$s4Test9Profiling1PPTl", "$s20FoundationEssentials11ProcessInfoC11environmentSDyS2SGvg",
    "$s20FoundationEssentials4DataV10contentsOf7optionsAcA3URLV_tKcfC", "$s10Foundation12OutputStreamC",
    "$s20FoundationEssentials4DataV5write2to7options", "$ss11CommandLineO9argumentsSaySSGvau",
  ])
  func symbolsRefused(_ name: String) { #expect(!AllowedCode.isAllowed(name)) }

  @Test(arguments: [
    "swift_retain", "$sSS5countSivg", "$s10Foundation6NSLockCACycfC", "$s15Synchronization5MutexV", "memcpy",
    "$s5Given6SocketC7onFrame", "swift_task_create", "$s5IndexSlTl", "$s7ElementSTTl", "sem_wait",
    "$sSS6append10contentsOfySs_tF", "$sSS5writeyySSF", "$ss16TextOutputStreamMp", "sysconf", "tanh",
    "$s20FoundationEssentials4DataV15_RepresentationO6append10contentsOfySW_tF",
    "$s20FoundationEssentials11ProcessInfoC07processD0ACvau",
    "$s20FoundationEssentials11ProcessInfoC20activeProcessorCountSivg",
    "$sScTss5NeverORs_rlE", "__tls_get_addr", "pthread_mutex_lock",
  ])
  func symbolsAllowed(_ name: String) { #expect(AllowedCode.isAllowed(name)) }
}
