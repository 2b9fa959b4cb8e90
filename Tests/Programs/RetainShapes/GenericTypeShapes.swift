// Cycles through types whose records are out of the common: packs, numbers, constrained existentials, what cannot be copied.
import Observation

final class Tupled<each Item> {
  let items: (repeat each Item)
  var next: AnyObject?
  init(_ items: repeat each Item) { self.items = (repeat each items) }
}

final class Fixed {
  var slots: [3 of Fixed?] = [nil, nil, nil]
}

struct Estate<Value: ~Copyable>: ~Copyable {
  var value: Value
  deinit {}
}
extension Estate where Value: ~Copyable { consuming func release() {} }
struct Token: ~Copyable {
  var keeper: Keeper?
  var number = 1
}
final class Keeper {
  var owner: Estate<Token>?
  func keep() { owner = Estate(value: Token(keeper: self)) }
}

enum Chain<Item> {
  case end
  indirect case link(Item, Chain<Item>)
}
final class Chained {
  var chain: Chain<Chained> = .end
}

protocol Named: AnyObject { var name: String { get } }
protocol Ready {}
final class Composed: Named, Ready {
  var name = "composed"
  var other: (any Named & Ready)?
  var any: Any?
}

final class Constrained: Holding {
  var item = 1
  var holding: (any Holding<Int>)?
  var types: [any Holding<Int>.Type] = []
}

final class MetatypeOwner {
  var types: [any Holding<Int>.Type] = []
  var me: MetatypeOwner?
}

final class Indexed: Hashable {
  var path: PartialKeyPath<Board>?
  static func == (left: Indexed, right: Indexed) -> Bool { left === right }
  func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(self)) }
}
struct Board {
  subscript(index: Indexed) -> Int { 1 }
}

@Observable final class Observed {
  var action: (() -> Int)?
  var number = 1
  func prepare() { action = { self.number } }
}

extension Array {
  /// A class within an extension of another module's type.
  final class Cursor {
    var list: [Element] = []
    var me: Cursor?
  }
}
extension Couple where First == Int {
  final class Whole {
    var second: Second?
    var me: Whole?
  }
}

final class Described {
  var text: Description?
  /// Says who asks.
  struct Description: CustomStringConvertible, CustomReflectable {
    var owner: Described
    var description: String {
      asked.store(true, ordering: .relaxed)
      return "asked"
    }
    var customMirror: Mirror {
      asked.store(true, ordering: .relaxed)
      return Mirror(self, children: [])
    }
  }
}

let genericTypeShapes: [Shape] = [
  Shape("pack in a field", ["Tupled<Int, String>": 1], path: "Tupled<Int, String>.next → Tupled<Int, String>") {
    let tupled = escaping(Tupled(1, "x"))
    tupled.next = tupled
  },
  Shape("inline array", ["Fixed": 1], path: "Fixed.slots[…] → Fixed") {
    let fixed = escaping(Fixed())
    fixed.slots[1] = fixed
  },
  Shape("struct that cannot be copied", ["Keeper": 1], path: "Keeper.owner → Keeper") {
    escaping(Keeper()).keep()
  },
  Shape("indirect case of a generic enum", ["Chained": 1], path: "Chained.chain.link.0 → Chained") {
    let chained = escaping(Chained())
    chained.chain = .link(chained, .end)
  },
  Shape("composition of protocols", ["Composed": 1], path: "Composed.other → Composed") {
    let composed = escaping(Composed())
    composed.other = composed
    composed.any = composed
  },
  Shape("constrained existential", ["Constrained": 1], path: "Constrained.holding → Constrained") {
    let constrained = escaping(Constrained())
    constrained.holding = constrained
  },
  Shape("types that conform", ["MetatypeOwner": 1], path: "MetatypeOwner.me → MetatypeOwner") {
    let owner = escaping(MetatypeOwner())
    owner.types = [Constrained.self, Held<Int>.self]
    owner.me = owner
  },
  Shape("key path with an index", ["Indexed": 1], path: "Indexed.path → KeyPath<Board, Int>.elements[…] → Indexed") {
    let indexed = escaping(Indexed())
    indexed.path = \Board.[indexed]
  },
  Shape(
    "observable class", ["Observed": 1], path: "Observed.action → closure capturing Observed → Observed"
  ) { escaping(Observed()).prepare() },
  Shape("class in an extension", ["Array<Int>.Cursor": 1], path: "Array<Int>.Cursor.me → Array<Int>.Cursor") {
    let cursor = escaping([Int].Cursor())
    cursor.me = cursor
  },
  Shape(
    "class in an extension with a condition", ["Couple<Int, String>.Whole": 1],
    path: "Couple<Int, String>.Whole.me → Couple<Int, String>.Whole"
  ) {
    let whole = escaping(Couple<Int, String>.Whole())
    whole.me = whole
  },
  Shape("type that describes itself", ["Described": 1], path: "Described.text.owner → Described") {
    let described = escaping(Described())
    described.text = Described.Description(owner: described)
  },
]
