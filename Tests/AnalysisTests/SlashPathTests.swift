import Testing

@testable import Analysis

struct SlashPathTests {
  @Test(arguments: [
    ("", "."), ("a", "a"), ("a/b", "a/b"), ("a//b", "a/b"), ("a/./b", "a/b"), ("a/b/..", "a"), ("a/../..", ".."),
    ("/..", "/"), ("/../a", "/a"), ("./a", "a"), ("../../a", "../../a"), ("/", "/"), ("//", "/"), ("/a/", "/a"),
    ("a/.b", "a/.b"), ("a/..b/c", "a/..b/c"), ("a/..", "."), (".", "."),
  ])
  func clean(_ path: String, _ expected: String) {
    #expect(SlashPath.clean(path) == expected)
  }

  @Test(arguments: [("", "."), ("/", "/"), ("//", "/"), ("a", "a"), ("/a/b", "b"), ("a/b/", "b")])
  func base(_ path: String, _ expected: String) {
    #expect(SlashPath.base(path) == expected)
  }

  @Test(arguments: [("", "."), ("a", "."), ("a/b", "a"), ("/a", "/"), ("/", "/"), ("a//b", "a"), ("a/b/", "a/b")])
  func directory(_ path: String, _ expected: String) {
    #expect(SlashPath.directory(path) == expected)
  }

  @Test func join() {
    #expect(SlashPath.join("/a/b", "../c") == "/a/c")
    #expect(SlashPath.join("", "c") == "c")
    #expect(SlashPath.join("", "") == "")
  }

  @Test func list() {
    #expect(SlashPath.list("/a:b:") == ["/a", "b", ""])
    #expect(SlashPath.list("") == [])
  }
}
