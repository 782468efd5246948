import BackfillCommands
import TestConnections
import Testing

@testable import backfill

@Suite("How far a run is") struct WorkProgressTests {
  private static let megabyte: Int64 = 1_000_000

  private func inFlight(_ bytes: Int64) -> WorkProgress.InFlight { WorkProgress.InFlight(bytes: bytes) }

  @Test("includes earlier runs, and what failed is not done") func earlier() {
    var progress = WorkProgress()
    progress.begin(
      Workload(tasks: 4, tasksBefore: 6, bytes: 40, bytesBefore: 160), at: .zero)
    #expect(progress.fraction(inFlight(0)) == 0.8)
    progress.finish(expected: 20, moved: 10)
    progress.fail(expected: 5)
    #expect(progress.fraction(inFlight(0)) == 0.9)
    #expect(progress.fraction(inFlight(9)) == 0.945)
    // 15 are left of 40, of which 5 failed, and each was half as much on the way.
    #expect(progress.allBytes(moved: 10, inFlight(0)) == 18)
  }

  @Test("goes by the number of tasks where sizes aren't known") func unknown() {
    var progress = WorkProgress()
    progress.begin(Workload(tasks: 8, tasksBefore: 2), at: .seconds(1))
    for _ in 0..<3 { progress.finish(expected: nil, moved: 1000) }
    #expect(progress.fraction(inFlight(0)) == 0.5)
    #expect(
      progress.rest(at: .seconds(7), inFlight(0)) == WorkProgress.Rest(left: .seconds(10), basis: .chunks))
    #expect(progress.done(of: nil, moved: 5) == 0)
    #expect(progress.allBytes(moved: 3000, inFlight(0)) == nil)
  }

  @Test("says nothing of the rest before there is something to go by") func early() {
    var progress = WorkProgress()
    #expect(progress.fraction(inFlight(0)) == nil)
    progress.begin(Workload(tasks: 2, bytes: 100 * Self.megabyte, bytesBefore: 0), at: .zero)
    #expect(progress.rest(at: .seconds(60), inFlight(0)) == nil)
    #expect(progress.rest(at: .seconds(4), inFlight(50 * Self.megabyte)) == nil)
    #expect(progress.rest(at: .seconds(60), inFlight(Self.megabyte)) == nil)
    let half = progress.rest(at: .seconds(60), inFlight(50 * Self.megabyte))
    #expect(half == WorkProgress.Rest(left: .seconds(60), basis: .bytes))
    // A task never has more than all of itself done.
    #expect(progress.done(of: 100, moved: 1000) == 100)
  }

  @Test("forgets in a long run what it was like before") func changed() {
    var progress = WorkProgress()
    progress.begin(Workload(tasks: 1, bytes: 1_000_000, bytesBefore: 0), at: .zero)
    // Ten bytes a second for an hour, then one.
    for minute in Int64(1)...60 { _ = progress.rest(at: .seconds(60 * minute), inFlight(600 * minute)) }
    for minute in Int64(1)...16 {
      _ = progress.rest(at: .seconds(3600 + 60 * minute), inFlight(36_000 + 60 * minute))
    }
    let left = progress.rest(at: .seconds(3600 + 16 * 60), inFlight(36_960))?.left ?? .zero
    #expect(left > .seconds(900_000) && left < .seconds(970_000))
  }

  @Test("of a run about some tasks says nothing of the others") func narrowed() {
    let sizes = Workload(tasks: 3)
    #expect(sizes.tasksBefore == 0)
    #expect(sizes.bytes == nil)
  }
}
