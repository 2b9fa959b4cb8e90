// Cycles that run through enums, existentials and what they keep in boxes.
import Synchronization

indirect enum Tree {
  case leaf(Owner)
  case pair(Tree, Tree)
}
final class Owner {
  var tree: Tree?
}

enum Payload {
  case text(String)
  case object(Carrier)
  case other(Carrier)
  case none
}
final class Carrier {
  var payload = Payload.none
}

final class AnyHolder {
  var content: Any = 0
}

struct Wide {
  var first = 1
  var second = 2
  var third = 3
  var holder: WideHolder?
}
protocol Shaped {}
extension Wide: Shaped {}
final class WideHolder {
  var shape: any Shaped = Wide()
}

struct Failure: Error, @unchecked Sendable {
  var code = 7
  var request: Request?
}
final class Request {
  var error: (any Error)?
}

final class TailBuffer: ManagedBuffer<Int, TailBuffer?> {}

enum Outcome<Value> {
  case waiting
  case done(Value, at: Int)
}
final class Job {
  var outcome = Outcome<Job>.waiting
}

final class Guarded: @unchecked Sendable {
  let state = Mutex<[Guarded]>([])
}

struct Ticket: ~Copyable {
  var number = 3
  var holder: Visitor?
}
final class Visitor {
  var ticket = Ticket()
}

@propertyWrapper struct Logged<Value> {
  var wrappedValue: Value
}
final class Logging {
  @Logged var other: Logging? = nil
}

final class Packed<each Element> {
  var values: (repeat each Element)
  init(_ values: repeat each Element) { self.values = (repeat each values) }
}
final class Packer {
  var packed: Packed<Int, Packer>?
}

struct Slim: Shaped {
  var tenant: Tenant
}
struct Bulky: Shaped {
  var first, second, third: Inn
}
final class Inn {
  var content: any Shaped
  init(_ content: any Shaped) { self.content = content }
}
final class Tenant {
  var inn: Inn?
}

let valueShapes = [
  Shape("mutex", ["Guarded": 1], path: "Guarded.state[…] → Guarded") {
    let guarded = escaping(Guarded())
    guarded.state.withLock { $0 = [guarded] }
  },
  Shape("value that cannot be copied", ["Visitor": 1], path: "Visitor.ticket → Visitor") {
    let visitor = escaping(Visitor())
    visitor.ticket.holder = visitor
  },
  Shape("property wrapper", ["Logging": 1], path: "Logging.other → Logging") {
    let logging = escaping(Logging())
    logging.other = logging
  },
  Shape(
    "parameter pack", ["Packed<Int, Packer>": 1, "Packer": 1],
    path: "Packed<Int, Packer>.values.1 → Packer.packed → Packed<Int, Packer>"
  ) {
    let packer = escaping(Packer())
    packer.packed = Packed(1, packer)
  },
  Shape("indirect enum", ["Owner": 1], path: "Owner.tree.pair.0.leaf → Owner") {
    let owner = escaping(Owner())
    owner.tree = .pair(.leaf(owner), .leaf(owner))
  },
  Shape("enum with payloads", ["Carrier": 2], path: "Carrier.payload.other → Carrier.payload.object → Carrier") {
    let first = escaping(Carrier())
    let second = Carrier()
    first.payload = .object(second)
    second.payload = .other(first)
  },
  Shape("existential", ["AnyHolder": 1], path: "AnyHolder.content.1 → AnyHolder") {
    let holder = escaping(AnyHolder())
    holder.content = (1, holder)
  },
  Shape("existential with left-over words", ["Inn": 1, "Tenant": 1], path: "Inn.content.tenant → Tenant.inn → Inn") {
    let tenant = escaping(Tenant())
    let inn = escaping(Inn(Slim(tenant: tenant)))
    inn.content = Bulky(first: inn, second: inn, third: inn)
    inn.content = Slim(tenant: tenant)
    tenant.inn = inn
  },
  Shape("boxed existential", ["WideHolder": 1], path: "WideHolder.shape.holder → WideHolder") {
    let holder = escaping(WideHolder())
    holder.shape = Wide(holder: holder)
  },
  Shape("error", ["Request": 1], path: "Request.error → error Failure.request → Request") {
    let request = escaping(Request())
    request.error = Failure(request: request)
  },
  Shape("tail elements", ["TailBuffer": 1], path: "TailBuffer.elements[…] → TailBuffer") {
    let buffer = escaping(TailBuffer.create(minimumCapacity: 2) { _ in 2 })
    buffer.withUnsafeMutablePointerToElements { elements in
      elements.initialize(to: nil)
      (elements + 1).initialize(to: unsafeDowncast(buffer, to: TailBuffer.self))
    }
  },
  Shape("generic enum", ["Job": 1], path: "Job.outcome.done.0 → Job") {
    let job = escaping(Job())
    job.outcome = .done(job, at: 3)
  },
]
