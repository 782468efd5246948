import BackfillCommands
import Testing

@testable import backfill

@Suite("How far a run is") struct WorkProgressTests {
  private static let megabyte: Int64 = 1_000_000

  /// Chunks of very different sizes, copied by a source that gives ten megabytes a second and takes a tenth of a second
  /// for each; from one fifth on.
  @Test(
    "is told within a quarter of the truth or little of the whole, whatever the order of the chunks",
    arguments: [false, true])
  func estimate(largestFirst: Bool) {
    let small = Array(repeating: Self.megabyte / 10, count: 300)
    let large: [Int64] = [200, 80, 500, 20].map { $0 * Self.megabyte }
    let sizes = largestFirst ? large + small : small + large
    // Each kind takes another part of its files' bytes on the way.
    let chunks = sizes.enumerated().map { (expected: $1, moved: $0 % 2 == 0 ? $1 : $1 * 7 / 10) }
    func time(_ moved: Int64) -> Duration { .milliseconds(25 + moved / 10_000) }
    let all = chunks.reduce(Duration.zero) { $0 + time($1.moved) }
    var progress = WorkProgress()
    progress.begin(
      Workload(tasks: chunks.count, bytes: sizes.reduce(0, +), bytesBefore: 0), at: .seconds(2))
    var now = Duration.seconds(2)
    var estimates = 0
    for chunk in chunks {
      for tenth in Int64(1)...9 {
        let moved = chunk.moved * tenth / 10
        let here = now + time(moved)
        let truth = all + .seconds(2) - here
        guard here - .seconds(2) > all / 5, truth > .seconds(5) else { continue }
        guard
          let left = progress.timeLeft(at: here, inFlight: progress.done(of: chunk.expected, moved: moved))
        else {
          Issue.record("no estimate at \(here) of \(all)")
          return
        }
        estimates += 1
        // Near the end a quarter of what is left is less than what one chunk's kind can differ from the others'.
        let tolerated = max(truth / 4, all / 16)
        #expect(
          left - truth < tolerated && truth - left < tolerated, "\(here) of \(all): \(left), not \(truth)")
      }
      now += time(chunk.moved)
      progress.finish(expected: chunk.expected, moved: chunk.moved)
    }
    #expect(estimates > 20)
    #expect(progress.percent(inFlight: 0) == 100)
    #expect(progress.timeLeft(at: now, inFlight: 0) == nil)
  }

  @Test("includes earlier runs, and what failed is not done") func earlier() {
    var progress = WorkProgress()
    progress.begin(
      Workload(tasks: 4, tasksBefore: 6, bytes: 40, bytesBefore: 160), at: .zero)
    #expect(progress.percent(inFlight: 0) == 80)
    progress.finish(expected: 20, moved: 10)
    progress.fail(expected: 5)
    #expect(progress.percent(inFlight: 0) == 90)
    #expect(progress.percent(inFlight: 9) == 94)
  }

  @Test("goes by the number of tasks where sizes aren't known") func unknown() {
    var progress = WorkProgress()
    progress.begin(Workload(tasks: 8, tasksBefore: 2), at: .seconds(1))
    for _ in 0..<3 { progress.finish(expected: nil, moved: 1000) }
    #expect(progress.percent(inFlight: 0) == 50)
    #expect(progress.timeLeft(at: .seconds(7), inFlight: 0) == .seconds(10))
    #expect(progress.done(of: nil, moved: 5) == 0)
  }

  @Test("says nothing of the rest before there is something to go by") func early() {
    var progress = WorkProgress()
    #expect(progress.percent(inFlight: 0) == nil)
    progress.begin(Workload(tasks: 2, bytes: 100 * Self.megabyte, bytesBefore: 0), at: .zero)
    #expect(progress.timeLeft(at: .seconds(60), inFlight: 0) == nil)
    #expect(progress.timeLeft(at: .seconds(4), inFlight: 50 * Self.megabyte) == nil)
    #expect(progress.timeLeft(at: .seconds(60), inFlight: Self.megabyte) == nil)
    #expect(progress.timeLeft(at: .seconds(60), inFlight: 50 * Self.megabyte) != nil)
    // A task never has more than all of itself done.
    #expect(progress.done(of: 100, moved: 1000) == 100)
  }

  @Test("of a run about some tasks says nothing of the others") func narrowed() {
    let sizes = Workload(tasks: 3)
    #expect(sizes.tasksBefore == 0)
    #expect(sizes.bytes == nil)
  }
}
