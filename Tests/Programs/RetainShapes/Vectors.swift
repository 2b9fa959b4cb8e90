import Platform

#if !PLANT_ONLY
  import LeftOverWords

  /// Threads that have an object's address in a register for vectors and nowhere else, as `memmove` has what it has read and
  /// not written yet.
  enum Vectors {
    private struct Holder {
      let changed: UInt
      let isHigh: Bool
      let state = UnsafeMutablePointer<CInt>.allocate(capacity: 1)
    }
    private nonisolated(unsafe) static var holders: [Holder] = []

    /// Comes back when the threads have them.
    static func begin() {
      for isHigh in vectors_are_wide() ? [false, true] : [false] {
        onAnotherThread {
          let object = Unmanaged.passRetained(escaping(KeptObject())).toOpaque()
          holders.append(Holder(changed: UInt(bitPattern: object) ^ UInt(WORD_CHANGE), isHigh: isHigh))
        }
      }
      for index in holders.indices {
        holders[index].state.pointee = 0
        var thread = pthread_t()
        pthread_create(
          &thread, nil,
          { argument in
            let holder = Vectors.holders[Int(bitPattern: argument) - 1]
            lastSeen.store(hold_in_vector(holder.changed, holder.isHigh, holder.state), ordering: .relaxed)
            return nil
          }, UnsafeMutableRawPointer(bitPattern: index + 1))
      }
      for holder in holders { while holder.state.pointee == 0 { sched_yield() } }
      print("in vectors: \(holders.count)")
    }
  }
#endif
