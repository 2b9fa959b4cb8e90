import Testing

@testable import Figures

struct TextColumnsTests {
  @Test func padding() {
    #expect("ab".padded(to: 4) == "  ab")
    #expect("größe".padded(to: 6) == " größe")
    #expect("abc".padded(to: 2) == "abc")
  }

  @Test("a column is as wide as its widest cell, as long as lines have it")
  func columns() {
    let text = "key:\t Total\n \t10:\t a\n \t9:\t b\n\nlonger key:\t Total\n \t7:\t c\n"
    #expect(alignedColumns(text) == " key: Total\n      10: a\n       9: b\n\n longer key: Total\n             7: c\n")
  }

  @Test func noCells() {
    #expect(alignedColumns("") == "")
    #expect(alignedColumns("a\nb") == "a\nb")
  }
}
