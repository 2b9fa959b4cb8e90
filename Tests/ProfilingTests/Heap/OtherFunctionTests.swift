import Foundation
import Profiling
import TestSupport
import Testing

/// Ways to allocate and to give back beside malloc, free and their kin.
@Suite(.heapProfiler) struct OtherFunctionTests {
  private static let sizedFacts = [
    "exist": Array(repeating: "yes yes yes", count: 3), "nil": ["1"], "error-left": ["1"], "sampled": ["1"],
    "recorded": ["4 284404 2 142202"], "recorded-aligned": ["2 142208 1 71104"],
    "again": ["4 284404 2 142202"], "again-aligned": ["2 142208 1 71104"],
    // The detector does not sum up.
    "armed": ["0 0 0 0"], "armed-aligned": ["0 0 0 0"],
  ]

  @Test func blocksGivenBackWithTheirSizeAreForgotten() throws {
    let run = try ProfiledRun.heap("sized")
    #expect(run.status == 0)
    #expect(run.facts == Self.sizedFacts)
  }

  @Test(.enabled(if: Tool("clang") != nil, "clang is not installed"))
  func theAllocatorsOwnFunctionsAreCalled() throws {
    let clang = try #require(Tool("clang"))
    let folder = try TemporaryFolder()
    try """
    #include <stddef.h>
    #include <stdio.h>
    extern void __libc_free(void *);
    static int sized, aligned;
    void free_sized(void *block, size_t size) { sized += block && size == 71101; __libc_free(block); }
    void free_aligned_sized(void *block, size_t alignment, size_t size) {
      aligned += block && alignment == 64 && size == 71104;
      __libc_free(block);
    }
    __attribute__((destructor)) static void tell(void) { printf("sized %d\\naligned %d\\n", sized, aligned); }
    """.write(toFile: folder.file("allocator.c"), atomically: true, encoding: .utf8)
    try clang.run(["-O1", "-shared", "-fPIC", "-o", folder.file("allocator.so"), folder.file("allocator.c")])
    let run = try ProfiledRun.heap("sized", environment: ["LD_PRELOAD": folder.file("allocator.so")])
    #expect(run.status == 0)
    #expect(run.facts == Self.sizedFacts.merging(["sized": ["3"], "aligned": ["3"]]) { $1 })
  }

  @Test func whatTheCLibraryAllocatesIsSeenAndForgotten() throws {
    let run = try ProfiledRun.heap("library")
    #expect(run.status == 0)
    let names = [
      "strdup", "strndup", "getline", "asprintf", "open_memstream", "realpath", "pvalloc", "reallocarray", "usable",
    ]
    #expect(run.facts == Dictionary(uniqueKeysWithValues: names.map { ($0, ["1 0"]) }))
  }

  @Test(.enabled(if: Tool("clang++") != nil, "clang++ is not installed"))
  func objectsOfCPlusPlusAreSeenAndForgotten() throws {
    let clang = try #require(Tool("clang++"))
    let folder = try TemporaryFolder()
    try """
    #include <new>
    extern "C" {
    void *make_one(long) { return ::operator new(72008); }
    void delete_one(void *block) { ::operator delete(block); }
    void *make_array(long) { return new char[72008]; }
    void delete_array(void *block) { delete[] (char *)block; }
    void *make_sized(long) { return ::operator new(72008, std::nothrow); }
    void delete_sized(void *block) { ::operator delete(block, (std::size_t)72008); }
    void *make_aligned(long) { return ::operator new(72008, std::align_val_t(8)); }
    void delete_aligned(void *block) { ::operator delete(block, (std::size_t)72008, std::align_val_t(8)); }
    }
    """.write(toFile: folder.file("objects.cpp"), atomically: true, encoding: .utf8)
    try clang.run(
      [
        "-std=c++17", "-fsized-deallocation", "-O1", "-shared", "-fPIC", "-o", folder.file("objects.so"),
        folder.file("objects.cpp"),
      ])
    let run = try ProfiledRun.heap("c-plus-plus", environment: ["MODULE": folder.file("objects.so")])
    #expect(run.status == 0)
    // Each comes on top of those before.
    var expected: [String: [String]] = [:]
    for (index, name) in ["one", "array", "aligned", "sized"].enumerated() {
      let count = index + 1
      expected[name] = ["\(count) \(count * 72008) 1 72008"]
      expected["\(name)-deleted"] = ["\(count) \(count * 72008) 0 0"]
    }
    #expect(run.facts == expected)
  }
}
