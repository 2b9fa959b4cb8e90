// Cycles that run through plain fields.

final class Parent {
  var children: [Child] = []
}
final class Child {
  let name = "a child"
  var parent: Parent?
  init(_ parent: Parent) { self.parent = parent }
}

protocol ViewDelegate: AnyObject {}
final class View {
  var delegate: (any ViewDelegate)?
}
final class ViewController: ViewDelegate {
  let view = View()
  func load() { view.delegate = self }
}

final class ListNode {
  var value = 0
  var next: ListNode?
  var previous: ListNode?
}

final class Cache {
  var entries: [String: Entry] = [:]
}
final class Entry {
  var cache: Cache?
  init(_ cache: Cache) { self.cache = cache }
}

final class Room: Hashable {
  var guests: Set<Guest> = []
  static func == (left: Room, right: Room) -> Bool { left === right }
  func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(self)) }
}
final class Guest: Hashable {
  var room: Room?
  static func == (left: Guest, right: Guest) -> Bool { left === right }
  func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(self)) }
}

final class Box<Value> {
  var value: Value?
}
final class Boxed {
  var box: Box<Boxed>?
}

class Account {
  var statements: [Statement] = []
}
final class SavingsAccount: Account {
  var rate = 2
}
final class Statement {
  var subject: Account?
}

final class Selfish {
  var number = 1
  var me: Selfish?
}

struct Address {
  var number = 7
  var resident: Person?
}
final class Person {
  var id = 0
  var home = Address()
}

final class Pair {
  var both: (Int, other: Pair?) = (1, other: nil)
}

let referenceShapes = [
  Shape("parent and child", ["Parent": 1, "Child": 3], path: "Parent.children[…] → Child.parent → Parent") {
    let parent = escaping(Parent())
    for _ in 0..<3 { parent.children.append(Child(parent)) }
  },
  Shape("delegate", ["ViewController": 1, "View": 1], path: "ViewController.view → View.delegate → ViewController") {
    escaping(ViewController()).load()
  },
  Shape("linked list with back links", ["ListNode": 4], path: "ListNode.next → ListNode.previous → ListNode") {
    let head = escaping(ListNode())
    var last = head
    for _ in 1..<4 {
      let node = escaping(ListNode())
      last.next = node
      node.previous = last
      last = node
    }
  },
  Shape("dictionary values", ["Cache": 1, "Entry": 2], path: "Cache.entries[…] → Entry.cache → Cache") {
    let cache = escaping(Cache())
    cache.entries["a key long enough to be on the heap"] = Entry(cache)
    cache.entries["b"] = Entry(cache)
  },
  Shape("set members", ["Room": 1, "Guest": 2], path: "Room.guests[…] → Guest.room → Room") {
    let room = escaping(Room())
    for _ in 0..<2 {
      let guest = escaping(Guest())
      guest.room = room
      room.guests.insert(guest)
    }
  },
  Shape("generic box", ["Box<Boxed>": 1, "Boxed": 1], path: "Box<Boxed>.value → Boxed.box → Box<Boxed>") {
    let box = escaping(Box<Boxed>())
    let boxed = Boxed()
    box.value = boxed
    boxed.box = box
  },
  Shape(
    "inherited field", ["SavingsAccount": 1, "Statement": 1],
    path: "SavingsAccount.statements[…] → Statement.subject → SavingsAccount"
  ) {
    let account = escaping(SavingsAccount())
    let statement = Statement()
    statement.subject = account
    account.statements = [statement]
  },
  Shape("holds itself", ["Selfish": 1], path: "Selfish.me → Selfish") {
    let selfish = escaping(Selfish())
    selfish.me = selfish
  },
  Shape("nested struct", ["Person": 1], path: "Person.home.resident → Person") {
    let person = escaping(Person())
    person.home.resident = person
  },
  Shape("tuple", ["Pair": 2], path: "Pair.both.other → Pair.both.other → Pair") {
    let first = escaping(Pair())
    let second = Pair()
    first.both.other = second
    second.both.other = first
  },
]
