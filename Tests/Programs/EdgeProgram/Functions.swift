import EdgeCalls

// Bodies differ, or the compiler would merge functions into one.

@inline(never) func edgeLeaf(_ x: UInt64) -> UInt64 { (x ^ x >> 7) &* 0x2545_f491_4f6c_dd1d }

/// Keeps more across its calls than the registers hold that nobody saves.
@inline(never) func edgeSaves(_ x: UInt64) -> UInt64 {
  let a = x &+ 1, b = x &* 3, c = x ^ 5, d = x >> 1
  let first = edgeLeaf(a), second = edgeLeaf(b ^ first), third = edgeLeaf(c &+ second)
  return first ^ second &* 3 ^ third &* 7 ^ a ^ b ^ c ^ d
}

/// Needs a frame one time of four only.
@inline(never) func edgeEarly(_ x: UInt64) -> UInt64 {
  guard x & 3 == 0 else { return x &+ 11 }
  return edgeLeaf(x) &* 13 &+ edgeLeaf(x &+ 2)
}

@inline(never) func edgeJumpedTo(_ x: UInt64) -> UInt64 { x &* 31 ^ x >> 3 }
@inline(never) func edgeJumps(_ x: UInt64) -> UInt64 { edgeJumpedTo(x &+ 17) }

/// Has a frame of several pages.
@inline(never) func edgeLarge(_ x: UInt64) -> UInt64 {
  withUnsafeTemporaryAllocation(byteCount: 1000, alignment: 16) { room in
    room.storeBytes(of: x, toByteOffset: Int(x % 100) * 8, as: UInt64.self)
    return edgeLeaf(x &+ 19) &+ room.load(fromByteOffset: Int(x % 100) * 8, as: UInt64.self)
  }
}

struct EdgeError: Error {}
@inline(never) func edgeThrows(_ x: UInt64) throws(EdgeError) -> UInt64 {
  if x % 5 == 0 { throw EdgeError() }
  return edgeLeaf(x) &+ 37
}

@inline(never) func edgeRoot(_ rounds: Int) -> UInt64 {
  let leaf: @convention(c) (UInt64) -> UInt64 = edge_c_leaf
  var x: UInt64 = 0x1234_5678
  for _ in 0..<rounds {
    x &+= edgeLeaf(x)
    x ^= edgeSaves(x)
    x &+= edgeEarly(x)
    x ^= edgeJumps(x)
    x &+= edgeLarge(x)
    x ^= (try? edgeThrows(x)) ?? 41
    x &+= edge_c_leaf(x)
    x ^= edge_c_saves(x, leaf)
    x &+= edge_c_early(x, leaf)
    x ^= edge_c_jumps(x, leaf)
    x &+= edge_c_large(x, leaf)
    x ^= edge_c_sorts(x)
    x &+= edge_c_moves(x, leaf)
  }
  return x
}

/// Awaits nothing: never suspended, and has no part to be resumed in.
@inline(never) func edgeAsyncPlain(_ x: UInt64) async -> UInt64 { x &* 43 ^ x >> 9 }

@inline(never) func edgeAsyncLeaf(_ x: UInt64) async -> UInt64 {
  if x & 63 == 0 { await Task.yield() }
  return edgeLeaf(x) &+ 47
}

@inline(never) func edgeAsyncMiddle(_ x: UInt64) async -> UInt64 {
  let first = await edgeAsyncLeaf(x), second = await edgeAsyncPlain(x ^ first)
  return edgeSaves(first) &+ (await edgeAsyncLeaf(second ^ edgeLeaf(x))) &* 53
}

@inline(never) func edgeAsyncThrows(_ x: UInt64) async throws -> UInt64 {
  if x % 7 == 0 { throw EdgeError() }
  return await edgeAsyncLeaf(x &+ 1) &* 59
}

@inline(never) func edgeAsyncRoot(_ rounds: Int) async -> UInt64 {
  var x: UInt64 = 0x9876_5432
  for _ in 0..<rounds {
    x &+= await edgeAsyncMiddle(x)
    x ^= (try? await edgeAsyncThrows(x)) ?? 61
  }
  return x
}
