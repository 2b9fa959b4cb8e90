import Testing

@testable import Analysis

/// Names of Rust in both schemes.
@Suite struct RustNameTests {
  @Test(
    "The old scheme",
    arguments: [
      ("_ZN4core3fmt9Formatter3pad17h05af221e174051e9E", "core::fmt::Formatter::pad"),
      ("_ZN4core3fmt9Formatter3pad17h05af221e174051e9E.llvm.123", "core::fmt::Formatter::pad"),
      (
        "_ZN58_$LT$alloc..string..String$u20$as$u20$core..fmt..Debug$GT$3fmt17h05af221e174051e9E",
        "<alloc::string::String as core::fmt::Debug>::fmt"
      ),
      ("_ZN3app4main28_$u7b$$u7b$closure$u7d$$u7d$17h05af221e174051e9E", "app::main::{{closure}}"),
      // An escape that means nothing stays, with all that follows in its part.
      ("_ZN9foo$XX$ba17h05af221e174051e9E", "foo$XX$ba"),
    ])
  func legacy(mangled: String, name: String) {
    for detail in [NameDetail.short, .typeArguments, .full] { #expect(RustName.demangle(mangled, to: detail) == name) }
  }

  @Test(
    "What only looks like the old scheme is left to C++",
    arguments: ["_ZN3foo17h0000000000000000E", "_ZN3foo3barE", "_ZN3foo17hXXXXXXXXXXXXXXXXE", "_ZN", "_Z3foov"])
  func notLegacy(mangled: String) { #expect(RustName.demangle(mangled, to: .short) == nil) }

  @Test(
    "The new scheme, without and with type arguments, as go tool pprof 1.27 names them",
    arguments: [
      ("_RNvC6_123foo3bar", "123foo::bar", "123foo::bar"),
      ("_RNvMs_NtCs1234_4core3strNtB4_3Str3len", "<core::str::Str>::len", "<core::str::Str>::len"),
      ("_RNvXs_CsaB_1aNtB4_1AINtB4_1TmE2go", "<a::A as a::T<>>::go", "<a::A as a::T<u32>>::go"),
      ("_RNvYmNtCsaB_1a1T2go.llvm.12", "<u32 as a::T>::go", "<u32 as a::T>::go"),
      ("_RNCNvCsaB_1a4mains_0", "a::main::{closure#1}", "a::main::{closure#1}"),
      ("_RINvCsaB_1a1fKb1_Kc41_Kj100000_Kinff_E", "a::f::<>", "a::f::<true, 'A', 1048576, -255>"),
      ("_RINvCsaB_1a1fFG_RL0_mEuE", "a::f::<>", "a::f::<for<'a> fn(&'a u32)>"),
      (
        "_RNqCs4fqI2P2rA04_11utf8_identsu30____7hkackfecea1cbdathfdh9hlq6y", "utf8_idents::საჭმელად_გემრიელი_სადილი",
        "utf8_idents::საჭმელად_გემრიელი_სადილი"
      ),
    ])
  func v0(mangled: String, short: String, full: String) {
    #expect(RustName.demangle(mangled, to: .short) == short)
    #expect(RustName.demangle(mangled, to: .typeArguments) == full)
    #expect(RustName.demangle(mangled, to: .full) == full)
  }

  @Test("A closure in a closure is one, where pprof reads the two zeros as one number")
  func closureInClosure() {
    #expect(RustName.demangle("_RNCNCNvCsaB_1a4main00", to: .short) == "a::main::{closure#0}::{closure#0}")
  }

  @Test(
    "What is damaged is no name",
    arguments: [
      "_R", "_RNvC", "_R1NvC6_123foo3bar", "_RNvB_3foo", "_RNvC3foo", "_RNvCsaB_1au6kcha_w", "_RC3foo!", "_RIC3fooE_",
      "_RINvC1a1fKb2_E", "_RINvC1a1fL9_E", "_RINvC1a1fDE_E",
    ])
  func damaged(mangled: String) { #expect(RustName.demangle(mangled, to: .full) == nil) }

  @Test("A short name that refers to itself over and over is given up, and soon")
  func bomb() {
    // Each pair is made of the one before, twice.
    var name = "_RINvC1a1f"
    var previous = name.utf8.count - 2
    name += "TmmE"
    for _ in 0..<40 {
      let here = name.utf8.count - 2
      let digits = Array("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
      let number = previous - 1
      let reference = "B" + (number >= 62 ? String(digits[number / 62]) : "") + String(digits[number % 62]) + "_"
      name += "T" + reference + reference + "E"
      previous = here
    }
    #expect(RustName.demangle(name + "E", to: .full) == nil)
    #expect(RustName.demangle(String(repeating: "_RNvNvNvNv", count: 500), to: .full) == nil)
    #expect(RustName.demangle("_RINvC1a1f" + String(repeating: "S", count: 100_000) + "mE", to: .full) == nil)
  }
}
