/// An array in pages that its snapshots share with it: whoever changes an element copies its page alone.
///
/// A snapshot takes 9 bytes a page, and as many pages more as are changed after it. Every copy that is to be changed is made
/// by `snapshot`: one that is made by assignment has the same memory, and must not be changed beside the first.
struct SharedPages<Element>: @unchecked Sendable {
  static var pageSize: Int { 1 << shift }
  private static var shift: Int { 6 }

  private let filling: Element
  private var pages: [UnsafeMutablePointer<Element>] = []
  /// By page, whether nobody else has it.
  private var isOwn: [Bool] = []
  /// How many pages were copied, for a snapshot has them, too.
  private(set) var copies = 0
  private var memory = Memory()
  /// Where pages lie that others have made.
  private var others: [Memory] = []

  /// None yet; new ones are like the given one.
  init(filling: Element) { self.filling = filling }

  /// How many there is room for.
  var count: Int { pages.count * Self.pageSize }

  /// Makes room for a page of elements more.
  mutating func grow() {
    pages.append(memory.page(filling: filling))
    isOwn.append(true)
  }

  /// Elements that may be changed without that this one is, and the other way round.
  mutating func snapshot() -> SharedPages {
    for page in isOwn.indices where isOwn[page] { isOwn[page] = false }
    var copy = self
    copy.memory = Memory()
    copy.others.append(memory)
    return copy
  }

  /// Where an element is; as long as nothing is changed.
  @inline(__always) func address(of place: Int) -> UnsafePointer<Element> {
    UnsafePointer(pages[place >> Self.shift] + (place & (Self.pageSize - 1)))
  }

  /// Where an element is that may be changed; as long as no snapshot is taken.
  @inline(__always) mutating func ownAddress(of place: Int) -> UnsafeMutablePointer<Element> {
    let page = place >> Self.shift
    if !isOwn[page] { own(page) }
    return pages[page] + (place & (Self.pageSize - 1))
  }

  subscript(place: Int) -> Element {
    // By their addresses: elements are large, and mostly one field of them is asked for.
    @inline(__always) unsafeAddress { address(of: place) }
    @inline(__always) unsafeMutableAddress { ownAddress(of: place) }
  }

  @inline(never) private mutating func own(_ page: Int) {
    copies += 1
    pages[page] = memory.page(like: pages[page])
    isOwn[page] = true
  }

  /// Pages that live as long as anybody who may have one.
  private final class Memory: @unchecked Sendable {
    private var pages: [UnsafeMutablePointer<Element>] = []

    func page(filling element: Element) -> UnsafeMutablePointer<Element> {
      let page = UnsafeMutablePointer<Element>.allocate(capacity: SharedPages.pageSize)
      page.initialize(repeating: element, count: SharedPages.pageSize)
      pages.append(page)
      return page
    }

    func page(like other: UnsafeMutablePointer<Element>) -> UnsafeMutablePointer<Element> {
      let page = UnsafeMutablePointer<Element>.allocate(capacity: SharedPages.pageSize)
      page.initialize(from: other, count: SharedPages.pageSize)
      pages.append(page)
      return page
    }

    deinit {
      for page in pages {
        page.deinitialize(count: SharedPages.pageSize)
        page.deallocate()
      }
    }
  }
}
