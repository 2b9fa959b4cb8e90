import Testing

@testable import Symbolization

@Suite struct CodeOriginTests {
  @Test(arguments: [
    ("/opt/swift/usr/lib/swift/linux/libswiftCore.so", CodeOrigin.swiftRuntime),
    ("/opt/swift/usr/lib/swift/linux/libswift_Concurrency.so", .swiftRuntime),
    ("/opt/swift/usr/lib/swift/linux/libFoundationEssentials.so", .foundation),
    ("/opt/swift/usr/lib/swift/linux/lib_FoundationICU.so", .foundation),
    ("/opt/swift/usr/lib/swift/linux/libdispatch.so", .system),
    ("/opt/swift/usr/lib/swift/linux/libswiftDispatch.so", .system), ("/lib/x86_64-linux-gnu/libc.so.6", .system),
    ("/usr/lib/x86_64-linux-gnu/libz.so.1", .system), ("/lib64/ld-linux-x86-64.so.2", .system),
    ("linux-vdso.so.1", .system), ("/home/me/.build/release/libMine.so", .app),
  ])
  func knowsLibraries(path: String, origin: CodeOrigin) {
    #expect(CodeOrigin(path: path, isMainProgram: false) == origin)
  }

  @Test(arguments: [
    ("$s4main5CacheC4loadyyF", CodeOrigin.app), ("$sSa6appendyyxnF", .swiftRuntime),
    ("$ss27_allocateUninitializedArrayySayxG_BptBwlF", .swiftRuntime), ("$sScTss5NeverORs_rlE5valuexvg", .swiftRuntime),
    ("$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF", .swiftRuntime),
    ("$s20FoundationEssentials4DataV5countSivg", .foundation), ("$s8Dispatch0A5QueueC4mainABvgZ", .system),
    // What the program adds to a type of the standard library is the program's.
    ("$sSa4mainE3sumyyF", .app), ("$ss5SliceV4mainE3sumyyF", .app),
    ("$sSa6PlacesSiRszlE5total2ofySnySiG_tF", .app),
    ("swift_retain", .swiftRuntime), ("_ZN5swift6fatalEv", .swiftRuntime), ("_dispatch_worker_thread", .system),
    ("main", .app), ("", .app), ("$s", .app), ("$s99", .app), ("$sS", .swiftRuntime),
  ])
  func knowsNamesInTheProgram(systemName: String, origin: CodeOrigin) {
    #expect(CodeOrigin(path: "/home/me/places", isMainProgram: true, systemName: systemName) == origin)
  }
}
