// Cycles through closures that are made in generic code, which the optimizer is told to leave generic.
import Platform

protocol Speaker { func speak() -> Int }
protocol Holding<Item> {
  associatedtype Item
  var item: Item { get }
}
struct Held<Item>: Holding { var item: Item }
struct Couple<First, Second> {
  var first: First
  var second: Second
  struct Inner<Third> { var third: Third }
}
extension Couple: Speaker where First: Speaker { func speak() -> Int { first.speak() } }
struct Voice: Speaker { func speak() -> Int { 7 } }
extension Int: Speaker { func speak() -> Int { self } }

final class FirstWatcher { var action: (() -> Bool)? }
@inline(never) @_semantics("optimize.sil.specialize.generic.never")
func watchFirst<C: Collection>(_ watcher: FirstWatcher, _ items: C) {
  let first = items.first
  watcher.action = { first == nil || watcher.action == nil }
}

final class IteratorHolder { var action: (() -> Int)? }
@inline(never) @_semantics("optimize.sil.specialize.generic.never")
func holdIterator<C: Collection>(_ holder: IteratorHolder, _ items: C) where C.Element: Hashable {
  let iterator = items.makeIterator()
  let indices = items.indices
  let counts = [items.first: items]
  holder.action = { holder.action == nil ? indices.count : counts.count + MemoryLayout.size(ofValue: iterator) }
}

final class PackHolder { var action: (() -> Int)? }
@inline(never) @_semantics("optimize.sil.specialize.generic.never")
func bindPack<each Item>(_ holder: PackHolder, _ items: repeat each Item) {
  holder.action = {
    var total = 0
    for item in repeat each items { total += MemoryLayout.size(ofValue: item) }
    return total
  }
}

final class MixedPackHolder { var action: (() -> Int)? }
@inline(never) @_semantics("optimize.sil.specialize.generic.never")
func bindMixedPack<First: Collection, each Item: Collection>(
  _ holder: MixedPackHolder, _ first: First, _ items: repeat each Item
) {
  let firsts = (repeat (each items).first)
  let head = first.first
  holder.action = { head == nil ? MemoryLayout.size(ofValue: firsts) : holder.action == nil ? 1 : 2 }
}

final class ConstrainedHolder { var action: (() -> Int)? }
@inline(never) @_semantics("optimize.sil.specialize.generic.never")
func holdConstrained<Item>(_ holder: ConstrainedHolder, _ item: Item) {
  let constrained: any Holding<Item> = Held(item: item)
  let several: [any Holding<[Item]>] = [Held(item: [item])]
  holder.action = { MemoryLayout.size(ofValue: constrained.item) + several.count + (holder.action == nil ? 1 : 0) }
}

final class ManyHolder { var action: (() -> Int)? }
@inline(never) @_semantics("optimize.sil.specialize.generic.never")
func holdMany<Key: Hashable, Value>(_ holder: ManyHolder, _ key: Key, _ value: Value) {
  let list = [value]
  let table = [key: [value]]
  let type = Value.self
  let pair = Couple(first: key, second: Optional(value))
  let inner = Couple<Key, Value>.Inner(third: (key, value))
  let function: (Key) -> Value? = { table[$0]?.first }
  let any: Any = value
  holder.action = {
    list.count + table.count + MemoryLayout.size(ofValue: type) + MemoryLayout.size(ofValue: pair)
      + MemoryLayout.size(ofValue: inner) + (function(key) == nil ? 1 : 0) + (any is Int ? 1 : 0)
      + (holder.action == nil ? 1 : 0)
  }
}

final class ThroughValue { var action: (() -> Int)? }
@inline(never) @_semantics("optimize.sil.specialize.generic.never")
func holdValue<Before, Value>(_ holder: ThroughValue, _ before: Before, _ value: Value) {
  holder.action = { MemoryLayout.size(ofValue: before) + MemoryLayout.size(ofValue: value) }
}

final class Crate<Item> {
  var items: [Item] = []
  var action: ((Item) -> Int)?
  @inline(never) @_semantics("optimize.sil.specialize.generic.never")
  func prepare(_ item: Item) {
    let spare: Item? = item
    action = { _ in spare == nil ? 0 : self.items.count }
  }
}
class Base<Item> {
  var action: ((Int) -> Int)?
  @inline(never) @_semantics("optimize.sil.specialize.generic.never")
  func prepare(_ item: Item) { action = { number in self.count(item) + number } }
  func count(_ item: Item) -> Int { MemoryLayout.size(ofValue: item) }
}
final class Derived: Base<[String]> { var more = 1 }

final class VariableHolder { var action: (() -> Int)? }
@inline(never) @_semantics("optimize.sil.specialize.generic.never")
func holdVariable<C: Collection>(_ holder: VariableHolder, _ items: C) {
  var latest = items.first
  var all: [C.Element] = []
  holder.action = {
    if let item = latest { all.append(item) }
    latest = nil
    return holder.action == nil ? 0 : all.count
  }
}

final class WeakHolder { var action: (() -> Int)? }
final class Bystander {}
@inline(never) @_semantics("optimize.sil.specialize.generic.never")
func holdWeakly<Object: AnyObject>(_ holder: WeakHolder, _ object: Object) {
  holder.action = { [weak object, unowned holder] in object == nil ? 0 : holder.action == nil ? 1 : 2 }
  holder.action = { [weak object] in object == nil ? 0 : holder.action == nil ? 1 : 2 }
}

final class OpaqueHolder { var action: (() -> Int)? }
@inline(never) @_semantics("optimize.sil.specialize.generic.never")
func opaque<Item>(_ item: Item) -> some Holding { Held(item: item) }
@inline(never) @_semantics("optimize.sil.specialize.generic.never")
func holdOpaque<Item>(_ holder: OpaqueHolder, _ item: Item, _ speaker: some Speaker) {
  let hidden = opaque(item)
  let element = hidden.item
  let conditional: any Speaker = Couple(first: speaker, second: item)
  holder.action = {
    MemoryLayout.size(ofValue: hidden) + MemoryLayout.size(ofValue: element) + conditional.speak() + speaker.speak()
      + (holder.action == nil ? 1 : 0)
  }
}

final class SizedHolder { var action: (() -> Int)? }
struct Grid<let width: Int, Item> {
  var items: [Item]
  @inline(never) @_semantics("optimize.sil.specialize.generic.never")
  func prepare(_ holder: SizedHolder) { holder.action = { holder.action == nil ? self.items.count : width } }
}

let genericClosureShapes: [Shape] = [
  Shape(
    "associated type in a closure", ["FirstWatcher": 1],
    path: "FirstWatcher.action → closure capturing FirstWatcher → FirstWatcher"
  ) { watchFirst(escaping(FirstWatcher()), ["x", "y"]) },
  Shape(
    "types of a collection in a closure", ["IteratorHolder": 1],
    path: "IteratorHolder.action → closure capturing IteratorHolder → IteratorHolder"
  ) { holdIterator(escaping(IteratorHolder()), ["x": 1, "y": 2].keys) },
  Shape(
    "parameter pack in a closure", ["PackHolder": 1],
    path: "PackHolder.action → closure capturing PackHolder → PackHolder"
  ) {
    let holder = escaping(PackHolder())
    bindPack(holder, 1, "two", holder)
  },
  Shape(
    "associated types of a pack in a closure", ["MixedPackHolder": 1],
    path: "MixedPackHolder.action → closure capturing MixedPackHolder → MixedPackHolder"
  ) { bindMixedPack(escaping(MixedPackHolder()), [1.5], ["a"], [1, 2], "text") },
  Shape(
    "constrained existential in a closure", ["ConstrainedHolder": 1],
    path: "ConstrainedHolder.action → closure capturing ConstrainedHolder → ConstrainedHolder"
  ) { holdConstrained(escaping(ConstrainedHolder()), "a text of more than fifteen bytes") },
  Shape(
    "many generic values in a closure", ["ManyHolder": 1],
    path: "ManyHolder.action → closure capturing ManyHolder → ManyHolder"
  ) { holdMany(escaping(ManyHolder()), "key", 1.5) },
  Shape(
    "generic value in a closure", ["ThroughValue": 1],
    path: "ThroughValue.action → closure capturing ThroughValue → ThroughValue"
  ) {
    let holder = escaping(ThroughValue())
    holdValue(holder, UInt8(1), holder)
  },
  Shape(
    "closure in a method of a generic class", ["Crate<String>": 1],
    path: "Crate<String>.action → closure capturing Crate<String> → Crate<String>"
  ) { escaping(Crate<String>()).prepare("item") },
  Shape(
    "closure in a method of a generic superclass", ["Derived": 1],
    path: "Derived.action → closure capturing Derived → Derived"
  ) { escaping(Derived()).prepare(["item"]) },
  Shape(
    "captured variable of an associated type", ["VariableHolder": 1],
    path: "VariableHolder.action → closure capturing VariableHolder → VariableHolder"
  ) { holdVariable(escaping(VariableHolder()), [1, 2]) },
  Shape(
    "weak generic capture", ["WeakHolder": 1], path: "WeakHolder.action → closure capturing WeakHolder → WeakHolder"
  ) { holdWeakly(escaping(WeakHolder()), escaping(Bystander())) },
  Shape(
    "opaque types in a closure", ["OpaqueHolder": 1],
    path: "OpaqueHolder.action → closure capturing OpaqueHolder → OpaqueHolder"
  ) { holdOpaque(escaping(OpaqueHolder()), [1], Voice()) },
  Shape(
    "type with a number in a closure", ["SizedHolder": 1],
    path: "SizedHolder.action → closure capturing SizedHolder → SizedHolder"
  ) { Grid<3, Int>(items: [1]).prepare(escaping(SizedHolder())) },
]
