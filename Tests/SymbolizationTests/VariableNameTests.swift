import Symbolization
import Testing

@Suite struct VariableNameTests {
  @Test func whatVariablesHold() throws {
    let handle = try #require(VariableName(mangled: "$s9LostTasks9theHandleScTyyts5NeverOGSgvp"))
    #expect(handle.name == "theHandle" && handle.isTask && !handle.isFunction)
    let function = try #require(VariableName(mangled: "$s9LostTasks12theCancelleryycSgvp"))
    #expect(function.name == "theCanceller" && function.isFunction && !function.isTask)
    let continuation = try #require(VariableName(mangled: "$s9LostTasks15theContinuationSccyyts5NeverOGSgvp"))
    #expect(!continuation.isTask && !continuation.isFunction)
    let array = try #require(VariableName(mangled: "$s9LostTasks10cancellersSayyycGvp"))
    #expect(array.name == "cancellers" && !array.isFunction && !array.isTask)
    let ofType = try #require(VariableName(mangled: "$s1v1SC1hScTySis5Error_pGSgvpZ"))
    #expect(ofType.name == "S.h" && ofType.isTask)
  }

  @Test(arguments: ["main", "_ZL3foo", "$s4main3fooyyF", "$s4main3fooSivg", ""])
  func whatIsNoVariable(symbol: String) { #expect(VariableName(mangled: symbol) == nil) }
}
