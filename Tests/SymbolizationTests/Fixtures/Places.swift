// A program that says where it has been: each line of its output is a label and the address of the call that printed it.
// The lines below are numbered by #sourceLocation, so that a test can know them.

@_silgen_name("fixture_here") func here() -> UInt64
@_silgen_name("fixture_outer") func callC(_ count: Int32)
@inline(never) func note(_ label: String, _ address: UInt64) { print(label, address) }

#sourceLocation(file:"/fixture/Inner.swift",line:10)
@inline(__always) func inner(_ label: String) {
  note(label, here())
}
@inline(__always) func middle(_ label: String) {
  inner(label)
}
#sourceLocation(file:"/fixture/Store.swift",line:100)
struct Store<Value> {
  var value: Value
  @inline(never) func load<Key>(from key: Key) {
    middle("inlined")
  }
  @inline(never) func each(_ body: (Int) -> Void) { for index in 0..<2 { body(index) } }
  @inline(never) func run(count: Int) {
    each { index in
      if index == count { note("closure", here()) }
    }
  }
  @inline(never) init(_ value: Value) {
    self.value = value
    note("init", here())
  }
  var size: Int {
    @inline(never) get { note("getter", here()); return 1 }
    @inline(never) set { note("setter", here()) }
  }
  subscript(index: Int) -> Int {
    @inline(never) get { note("subscript", here()); return index }
  }
  @inline(never) static func make(from value: Value) -> Self { note("static", here()); return Self(value) }
  @inline(never) static func < (left: Self, right: Self) -> Bool { note("operator", here()); return false }
  @inline(never) func pair() {
    each { index in if index == 0 { note("first of two", here()) } }
    each { index in if index == 1 { note("second of two", here()) } }
  }
}
#sourceLocation(file:"/fixture/Node.swift",line:200)
final class Node {
  struct Header {
    @inline(never) func parse(_: Int, at _: Int) { note("nested", here()) }
  }
  @inline(never) private func secret(value: Int) { note("private", here()) }
  @inline(never) func reveal() { secret(value: 1) }
  deinit { note("deinit", here()) }
}
protocol Shape { func area(scale: Int) -> Int }
struct Square: Shape {
  @inline(never) func area(scale: Int) -> Int { note("witness", here()); return scale }
}
@inline(never) func measure(_ shape: any Shape) -> Int { shape.area(scale: 2) }
extension Array where Element == Int {
  @inline(never) func total(of range: Range<Int>) { note("extension", here()) }
}
@inline(never) func outer() {
  @inline(never) func local(depth: Int) { note("local", here()) }
  local(depth: 1)
}
#sourceLocation(file:"/fixture/Loader.swift",line:300)
actor Loader {
  @inline(never) func fetch(_ id: Int) async -> Int {
    note("async entry", here())
    await Task.yield()
    note("async resumed", here())
    return id
  }
}
#sourceLocation(file:"/fixture/Main.swift",line:400)
@main struct Main {
  static func main() async {
    let store = Store.make(from: 1.5)
    store.load(from: "key")
    store.run(count: 1); store.pair()
    var other = store
    other.size = other.size + other[3]
    _ = store < other
    Node.Header().parse(1, at: 2)
    Node().reveal()
    _ = measure(CommandLine.argc > 100 ? Other() : Square())
    [1].total(of: 0..<1)
    outer()
    _ = await Loader().fetch(1)
    note("main", here())
    callC(1)
  }
}
struct Other: Shape { func area(scale: Int) -> Int { 0 } }
