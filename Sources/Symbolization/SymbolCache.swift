import Platform
import Synchronization

/// What addresses of this process stand for, kept from one symbolizer for the next.
///
/// It never changes an answer: what it has is of the very file that is loaded at the very address, or it is forgotten. It
/// is bounded, and a child of fork begins without. Whoever finds it in use goes without it, too, and waits for nobody:
/// the lock may have been held by a thread that a fork has left behind.
public final class SymbolCache: Sendable {
  private struct State {
    var owner = getpid()
    var generation = LoaderGeneration()
    /// What was asked for lately, up to half of the limit; and what was so before. What is asked for again moves up.
    var recent = Table()
    var older = Table()
  }
  private struct Table {
    var images: [CachedImage: [UInt64: [SymbolizedFrame]]] = [:]
    var bytes = 0
  }

  private let state = Mutex(State())
  private let limit: Int

  /// An empty cache that takes about so many bytes at most.
  public init(limit: Int = 32 << 20) { self.limit = limit }

  /// The bytes that it takes, about. 0 while it is in use.
  var bytes: Int { withState { $0.recent.bytes + $0.older.bytes } ?? 0 }

  private func withState<Result: Sendable>(_ body: (inout State) -> Result) -> Result? {
    state.withLockIfAvailable { state in
      if state.owner != getpid() { state = State() }
      return body(&state)
    }
  }

  /// Forgets the images that are loaded no more, if the loader has done anything since the last time.
  func keepOnly(_ images: [LoadedImage], _ generation: LoaderGeneration) {
    _ = withState { state in
      guard state.generation != generation else { return }
      state.generation = generation
      let loaded = Set(images)
      for table in [\State.recent, \State.older] {
        for image in state[keyPath: table].images.keys where !loaded.contains(image.image) {
          let frames = state[keyPath: table].images.removeValue(forKey: image) ?? [:]
          state[keyPath: table].bytes -= frames.reduce(0) { $0 + Self.bytes(of: $1.value) }
        }
      }
    }
  }

  /// What it knows of these addresses.
  func frames(at addresses: [UInt64], of image: CachedImage) -> [UInt64: [SymbolizedFrame]] {
    let found = withState { state in
      var found: [UInt64: [SymbolizedFrame]] = [:]
      for address in addresses {
        if let frames = state.recent.images[image]?[address] {
          found[address] = frames
        } else if let frames = state.older.images[image]?[address] {
          found[address] = frames
          add(frames, at: address, of: image, to: &state)
        }
      }
      return found
    }
    return found ?? [:]
  }

  /// Remembers what addresses stand for.
  func add(_ answers: [(address: UInt64, frames: [SymbolizedFrame])], of image: CachedImage) {
    _ = withState { state in
      for (address, frames) in answers { add(frames, at: address, of: image, to: &state) }
    }
  }

  private func add(_ frames: [SymbolizedFrame], at address: UInt64, of image: CachedImage, to state: inout State) {
    let bytes = Self.bytes(of: frames)
    if state.recent.bytes + bytes > limit / 2 {
      state.older = state.recent
      state.recent = Table()
    }
    guard bytes <= limit / 2, state.recent.images[image, default: [:]].updateValue(frames, forKey: address) == nil
    else { return }
    state.recent.bytes += bytes
  }

  /// What an entry takes: its place in the table, twice for the room that tables keep, the frames and their texts.
  ///
  /// Frames share texts, so it is rather less.
  private static func bytes(of frames: [SymbolizedFrame]) -> Int {
    frames.reduce(2 * 24 + 32) { sum, frame in
      let texts = [frame.name, frame.systemName, frame.file].reduce(0) { sum, text in
        // Up to 15 bytes stand in the string itself.
        text.utf8.count > 15 ? sum + 32 + text.utf8.count : sum
      }
      return sum + MemoryLayout<SymbolizedFrame>.stride + texts
    }
  }
}

/// A file at the place where it is loaded.
struct CachedImage: Hashable, Sendable {
  let image: LoadedImage
  /// Which file its path led to when its symbols were read; nil for one without a file.
  private let file: FileIdentity?

  init(_ image: LoadedImage, _ file: FileIdentity?) {
    self.image = image
    self.file = file
  }
}
