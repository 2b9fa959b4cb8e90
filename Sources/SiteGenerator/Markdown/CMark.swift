import CCMark
import Platform

/// A parsed CommonMark document, freed with its owner.
struct CMarkTree: ~Copyable {
  let root: OpaquePointer

  /// Parses what `feed` hands to the parser.
  init?(feeding feed: (OpaquePointer) -> Void) {
    guard let parser = cmark_parser_new(CMARK_OPT_DEFAULT) else { return nil }
    defer { cmark_parser_free(parser) }
    feed(parser)
    guard let root = cmark_parser_finish(parser) else { return nil }
    self.root = root
  }

  deinit { cmark_node_free(root) }
}

/// A node of a parsed document; valid as long as its tree.
struct CMarkNode: Equatable {
  let pointer: OpaquePointer

  init(_ pointer: OpaquePointer) { self.pointer = pointer }

  init?(_ pointer: OpaquePointer?) {
    guard let pointer else { return nil }
    self.pointer = pointer
  }

  var type: cmark_node_type { cmark_node_get_type(pointer) }
  var parent: CMarkNode? { CMarkNode(cmark_node_parent(pointer)) }
  var next: CMarkNode? { CMarkNode(cmark_node_next(pointer)) }
  var firstChild: CMarkNode? { CMarkNode(cmark_node_first_child(pointer)) }
  /// The line the node begins in, as libcmark counts.
  var line: Int32 { cmark_node_get_start_line(pointer) }
  var endLine: Int32 { cmark_node_get_end_line(pointer) }
  var literal: Bytes { Bytes(terminated: cmark_node_get_literal(pointer)) }
  var url: Bytes { Bytes(terminated: cmark_node_get_url(pointer)) }
  var title: Bytes { Bytes(terminated: cmark_node_get_title(pointer)) }
  var fenceInfo: Bytes { Bytes(terminated: cmark_node_get_fence_info(pointer)) }

  /// Visits the node and all below it, in order, without recursion.
  func forEachDescendant(_ visit: (CMarkNode) -> Void) {
    var node = self
    while true {
      visit(node)
      if let child = node.firstChild {
        node = child
        continue
      }
      while node != self {
        if let next = node.next {
          node = next
          break
        }
        guard let parent = node.parent else { return }
        node = parent
      }
      if node == self { return }
    }
  }

  /// The text in the node, markup left out.
  var plainText: String {
    var bytes: [UInt8] = []
    forEachDescendant { node in
      switch node.type {
      case CMARK_NODE_TEXT, CMARK_NODE_CODE: bytes.append(contentsOf: node.literal)
      case CMARK_NODE_SOFTBREAK, CMARK_NODE_LINEBREAK: bytes.append(UInt8(ascii: " "))
      default: break
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}

extension UnsafeBufferPointer<UInt8> {
  /// A C string's bytes; empty for a null pointer.
  init(terminated string: UnsafePointer<CChar>?) {
    guard let string else {
      self.init(start: nil, count: 0)
      return
    }
    let count = strlen(string)
    self.init(start: UnsafeRawPointer(string).assumingMemoryBound(to: UInt8.self), count: count)
  }

  var string: String { String(decoding: self, as: UTF8.self) }
}
