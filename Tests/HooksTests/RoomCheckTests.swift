import CProfiler
import RoomChecks
import Testing

/// Single rooms of the hooks, asked directly. Serialized: some have one of a thing for the whole process.
@Suite(.serialized) struct RoomCheckTests {
  @Test func aFullTableIsClearedAndFilledAgain() { #expect(lab_check_full_table() == 0) }

  @Test func stacksHaveOneNumberThoughManyThreadsMakeThem() {
    #expect(lab_check_stacks(8, 6000) == 0)
  }

  @Test func stacksGoOnFromOthers() { #expect(lab_check_stacks_below() == 0) }

  @Test func lockIsExclusive() {
    #expect(lab_check_lock(8, 50_000) == 0)
    #expect(lab_check_lock_is_exclusive() == 1)
  }

  @Test func systemCallsLeaveErrnoAlone() {
    #expect(lab_check_system_call() == 1)
  }

  @Test func partsOfThreadsHaveOneOwner() {
    #expect(lab_check_pool(8, 50_000) == 0)
  }

  @Test(
    .enabled(if: lab_heap_available(), "beside a sanitizer threads are not met at their birth"),
    arguments: [0, 64 << 10, 256 << 10, 8 << 20] as [UInt64])
  func threadsKnowTheirStacks(bytes: UInt64) {
    #expect(lab_check_stack_bounds(bytes, -1, 0) == 0)
    if bytes > 0 { #expect(lab_check_stack_bounds(bytes, 0, 0) == 0) }
    if bytes >= 256 << 10 {
      #expect(lab_check_stack_bounds(bytes, 64 << 10, 0) & ~8 == 0)
      #expect(lab_check_stack_bounds(bytes, -1, 1) == 0)
    }
  }

  @Test(arguments: [4 << 10, 16 << 10, 64 << 10] as [UInt64]) func pagesOfAnySizeAreTold(bytes: UInt64) {
    #expect(lab_check_pages(bytes) == 0)
  }

  @Test(arguments: [2, 64]) func bufferLosesNothingUncounted(records: Int32) {
    #expect(lab_check_buffer(4, 20_000, records) == 0)
  }

  @Test func damagedFrameDescriptionsAreBounded() {
    #expect(lab_check_damaged_frames(20_000, 1) > 0)
  }
}
