import Testing

@testable import Symbolization

@Suite struct SwiftNameTests {
  @Test(arguments: [
    ("$sSa6appendyyxnF", "Array.append(_:)", FunctionRole.function),
    ("$sSD5countSivg", "Dictionary.count.getter", .function),
    ("$sSDyq_Sgxcig", "Dictionary.subscript.getter", .function),
    ("$ss27_allocateUninitializedArrayySayxG_BptBwlF", "_allocateUninitializedArray(_:)", .function),
    ("_ZN5swift8Demangle11NodePrinter5printEPNS0_4NodeE", "swift::Demangle::NodePrinter::print", .foreign),
    ("malloc", "malloc", .foreign),
    ("async_MainTQ0_", "main", .asyncFunclet),
    ("", "", .foreign),
  ])
  func namesSymbols(mangled: String, name: String, role: FunctionRole) {
    #expect(SwiftName(mangled: mangled) == SwiftName(name: name, role: role))
  }
}
