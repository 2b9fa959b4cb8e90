// Leaked objects whose addresses lie where nobody who has them owns them: in memory of C, in variables, in objects gone.
import Platform
import Synchronization

final class Husk {
  var other: Husk?
}
final class Tagged {
  var children: [TaggedChild] = []
  var onChange: (() -> Void)?
  var changes = 0
}
final class TaggedChild {
  let parent: Tagged
  weak var watcher: Tagged?
  init(_ parent: Tagged) { self.parent = parent }
}
final class Grave {
  var held: Haunted?
}
final class Haunted {
  var me: Haunted?
}

/// In memory that the program still has, as a buffer has it whose contents are over.
private func leaveAddress(_ object: AnyObject) {
  let number = strayCount.add(1, ordering: .relaxed).oldValue
  strayMemory?.storeBytes(
    of: Unmanaged.passUnretained(object).toOpaque(), toByteOffset: 8 * number, as: UnsafeRawPointer.self)
}
nonisolated(unsafe) private let strayMemory = calloc(4096, 8)
private let strayCount = Atomic<Int>(0)
nonisolated(unsafe) private var strayVariable: Unmanaged<Husk>?

/// Of objects that are no more unowned references keep the memory, with what was in it.
nonisolated(unsafe) private var mourners: [Mourner] = []
private struct Mourner {
  unowned let grave: Grave
}

let strayShapes = [
  Shape("address left in a buffer", ["Husk": 2], path: "Husk.other → Husk.other → Husk") {
    let husk = escaping(Husk())
    let other = escaping(Husk())
    husk.other = other
    other.other = husk
    leaveAddress(husk)
    strayVariable = Unmanaged.passUnretained(other)
  },
  Shape(
    "address of one with weak references, left in a buffer", ["Tagged": 1, "TaggedChild": 2],
    path: "Tagged.children[…] → TaggedChild.parent → Tagged"
  ) {
    let tagged = escaping(Tagged())
    for _ in 0..<2 {
      let child = TaggedChild(tagged)
      child.watcher = tagged
      tagged.children.append(child)
      leaveAddress(child)
    }
    tagged.onChange = { tagged.changes += 1 }
    leaveAddress(tagged)
  },
  Shape("left in an object that is no more", ["Haunted": 1], path: "Haunted.me → Haunted") {
    let haunted = escaping(Haunted())
    haunted.me = haunted
    let grave = escaping(Grave())
    grave.held = haunted
    mourners.append(Mourner(grave: grave))
  },
]

// MARK: What owns an object though it does not look so

final class KeptPartner: KeptObject {
  var partner: Unmanaged<KeptPartner>?
}
nonisolated(unsafe) var keptPartners: UnsafeMutablePointer<UnsafeRawPointer>?
nonisolated(unsafe) var keptPacked: [UnsafeMutableRawPointer?] = []
nonisolated(unsafe) var keptByFile: UnsafeMutableRawPointer?
nonisolated(unsafe) private var keptOutOfSight: [UnsafeMutableRawPointer?] = []

private func address(_ object: AnyObject) -> UInt { UInt(bitPattern: Unmanaged.passRetained(object).toOpaque()) }

let strayControls = [
  Control("objects with each other's address, both owned by memory of C") {
    let (first, second) = (KeptPartner(), KeptPartner())
    first.partner = .passUnretained(second)
    second.partner = .passUnretained(first)
    keptPartners = .allocate(capacity: 2)
    for (index, object) in [first, second].enumerated() {
      keptPartners?[index] = UnsafeRawPointer(Unmanaged.passRetained(object).toOpaque())
    }
  },
  Control("packed structs of C, of 12 bytes and of 9") {
    for (stride, offset) in [(12, 4), (9, 1)] {
      let memory = calloc(20, stride)
      for index in 0..<20 {
        memory?.storeBytes(of: address(KeptObject()), toByteOffset: index * stride + offset, as: UInt.self)
      }
      keptPacked.append(memory)
    }
  },
  Control("memory of a file that is shared") {
    guard let file = tmpfile() else { return }
    ftruncate(fileno(file), 8192)
    keptByFile = mmap(nil, 8192, PROT_READ | PROT_WRITE, MAP_SHARED, fileno(file), 0)
    keptByFile?.storeBytes(of: address(KeptObject()), toByteOffset: 4100, as: UInt.self)
  },
  Control("shared memory that the kernel has taken out of this process's tables, as it does when memory runs short") {
    for file in [nil, tmpfile()] where file != nil || keptOutOfSight.isEmpty {
      if let file { ftruncate(fileno(file), 4096) }
      let flags = file == nil ? MAP_SHARED | MAP_ANONYMOUS : MAP_SHARED
      let memory = mmap(nil, 4096, PROT_READ | PROT_WRITE, flags, file.map { fileno($0) } ?? -1, 0)
      memory?.storeBytes(of: address(KeptObject()), as: UInt.self)
      madvise(memory, 4096, CInt(MADV_DONTNEED))
      keptOutOfSight.append(memory)
    }
  },
]
