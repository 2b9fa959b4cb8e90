import Testing

@testable import Symbolization

@Suite struct SymbolizerTests {
  @Test func listsTheProgramFirst() {
    let images = LoadedImage.all()
    #expect(images.first?.isMainProgram == true)
    #expect(images.first?.path.hasPrefix("/") == true)
    #expect(images.dropFirst().allSatisfy { !$0.isMainProgram })
    #expect(images.contains { $0.path.hasSuffix("libswiftCore.so") && $0.buildID.count == 40 })
  }

  @Test func leavesUnknownAddressesUnresolved() {
    var symbolizer = Symbolizer()
    #expect(symbolizer.symbolize([0, 1, .max]).map(\.count) == [0, 0, 0])
    #expect(symbolizer.symbolize([]).isEmpty)
  }
}
