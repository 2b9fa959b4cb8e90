// Objects that nobody has any more, though no cycle keeps them.
import Platform

final class Forgotten {
  var note = "a note that is long enough to be on the heap"
}

final class Master {
  var servant: Servant?
}
final class Servant {
  unowned let master: Master
  init(_ master: Master) { self.master = master }
}

@inline(never)
func loseMemory() { _ = escaping(memset(malloc(100), 1, 100)) }

let lostShapes = [
  Shape("unbalanced retain", ["Forgotten": 1], path: nil) { _ = Unmanaged.passRetained(escaping(Forgotten())) },
  // Held by an extra retain; the reference back is no retain, so there is no cycle.
  Shape("unbalanced retain with an unowned reference back", ["Master": 1], path: nil) {
    let master = escaping(Master())
    master.servant = Servant(master)
    _ = Unmanaged.passRetained(master)
  },
  Shape("memory never freed", ["memory of loseMemory()": 1], path: nil) { loseMemory() },
]
