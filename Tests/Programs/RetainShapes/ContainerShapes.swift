// Leaked objects whose addresses are still in memory that somebody has, though nobody can read them there any more.

nonisolated(unsafe) var onceInArray: [Listed] = []
nonisolated(unsafe) var onceInDictionary: [Int: Registered] = [:]
nonisolated(unsafe) var onceInSet: Set<Member> = []

final class Listed {
  var me: Listed?
}
final class Registered {
  var me: Registered?
}
final class Member: Hashable {
  var me: Member?
  static func == (left: Member, right: Member) -> Bool { left === right }
  func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(self)) }
}

/// Weak references to what is gone, whose counts still hold its address.
nonisolated(unsafe) var gone: [Gone] = []
struct Gone {
  weak var object: Mortal?
}
final class Mortal {
  var me: Mortal?
}

final class Ring {
  var next: Ring?
}

final class Noted {
  var me: Noted?
}
nonisolated(unsafe) private var notes: [ObjectIdentifier: Int] = [:]
nonisolated(unsafe) private var order: [ObjectIdentifier] = []

final class Registrar {
  var handlers: [ObjectIdentifier: () -> Void] = [:]
  var calls = 0
  func register() {
    handlers[ObjectIdentifier(self)] = { self.calls += 1 }
  }
}

let containerShapes = [
  Shape("once in an array", ["Listed": 4], path: "Listed.me → Listed") {
    onceInArray.reserveCapacity(16)
    for _ in 0..<4 {
      let object = escaping(Listed())
      object.me = object
      onceInArray.append(object)
    }
    onceInArray.removeLast(4)
  },
  Shape("once in a dictionary", ["Registered": 4], path: "Registered.me → Registered") {
    for key in 0..<4 {
      let object = escaping(Registered())
      object.me = object
      onceInDictionary[key] = object
    }
    for key in 0..<4 { onceInDictionary[key] = nil }
  },
  Shape("once in a set", ["Member": 4], path: "Member.me → Member") {
    let objects = (0..<4).map { _ in escaping(Member()) }
    for object in objects {
      object.me = object
      onceInSet.insert(object)
    }
    for object in objects { onceInSet.remove(object) }
  },
  Shape("where another object was", ["Mortal": 4], path: "Mortal.me → Mortal") {
    for _ in 0..<4 { gone.append(Gone(object: escaping(Mortal()))) }
    for _ in 0..<4 {
      let object = escaping(Mortal())
      object.me = object
    }
  },
  Shape("noted by identity", ["Noted": 1], path: "Noted.me → Noted") {
    let noted = escaping(Noted())
    noted.me = noted
    notes[ObjectIdentifier(noted)] = 1
    order.append(ObjectIdentifier(noted))
  },
  Shape(
    "identity for a key", ["Registrar": 1], path: "Registrar.handlers[…] → closure capturing Registrar → Registrar"
  ) { escaping(Registrar()).register() },
  Shape("long ring", ["Ring": 50], path: "Ring.next (50 times) → Ring") {
    let first = escaping(Ring())
    var last = first
    for _ in 1..<50 {
      let node = escaping(Ring())
      last.next = node
      last = node
    }
    last.next = first
  },
]
