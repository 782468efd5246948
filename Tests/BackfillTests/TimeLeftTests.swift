import Postgres
import Testing

@testable import BackfillCommands
@testable import backfill

/// A copy as a source that is limited to a rate would make it, second for second, by a clock that only it moves.
private struct ScriptedCopy {
  /// What a chunk has in files, and on the way.
  struct Size {
    var expected: Double
    var moved: Double
  }

  private struct Working {
    var size: Size
    /// Seconds until the first byte comes, bytes that are left, and seconds that indexes take behind them.
    var before: Double
    var left: Double
    var behind: Double
    var phase = 0
  }

  /// Bytes a second that all workers share, and that each could read at most.
  var rate = Double.infinity
  var streamRate = Double.infinity
  /// Seconds that each chunk takes whatever its size.
  var cost = 0.05
  /// Seconds for a megabyte that indexes take.
  var indexing = 0.0
  var workers: Int

  /// Tells `board` what happens, and shows it every half second.
  ///
  /// - Returns: what was said of the rest, and when; and when all was done.
  func run(_ sizes: [Size], _ board: inout ProgressBoard) -> (told: [(at: Double, left: Double)], end: Double)
  {
    var told: [(at: Double, left: Double)] = []
    var waiting = sizes[...]
    var working: [Int: Working] = [:]
    var number = 0
    var step = 0
    board.take(
      .planned(
        Workload(tasks: sizes.count, bytes: Int64(sizes.reduce(0) { $0 + $1.expected }), bytesBefore: 0)),
      at: .zero)
    while !waiting.isEmpty || !working.isEmpty {
      let now = Double(step) / 100
      for worker in 0..<workers where working[worker] == nil {
        guard let size = waiting.popFirst() else { break }
        working[worker] = Working(
          size: size, before: cost, left: size.moved, behind: size.moved * indexing / 1e6)
        board.take(
          .began(
            worker: worker, StartedChunk(chunk: Sample.chunk(), expectedBytes: Int64(size.expected))),
          at: .seconds(now))
      }
      let share = min(
        streamRate, rate / Double(max(1, working.values.count { $0.before <= 0 && $0.left > 0 })))
      for worker in working.keys.sorted() {
        guard var work = working[worker] else { continue }
        if work.before > 0 {
          work.before -= 0.01
        } else if work.left > 0 {
          if work.phase == 0 { board.take(.phase(worker: worker, .copying), at: .seconds(now)) }
          work.phase = 1
          let bytes = min(work.left, share / 100)
          work.left -= bytes
          board.take(.moved(worker: worker, bytes: Int(bytes)), at: .seconds(now))
        } else if work.behind > 0 {
          work.behind -= 0.01
        } else {
          number += 1
          var chunk = Sample.finished(worker: worker, number, of: sizes.count, bytes: Int64(work.size.moved))
          chunk.expectedBytes = Int64(work.size.expected)
          board.take(.finished(chunk), at: .seconds(now))
          working[worker] = nil
          continue
        }
        working[worker] = work
      }
      if step % 50 == 0, let rest = board.estimate(at: .seconds(now)).rest {
        told.append((now, rest.left / .seconds(1)))
      }
      step += 1
    }
    return (told, Double(step) / 100)
  }

  /// Chunks of three kinds, as they follow each other where hypertables are copied side by side: small ones, compressed ones
  /// that are less on the way than in files, and large ones.
  static func mixed(_ count: Int, seed: UInt64) -> [Size] {
    var generator = SeededGenerator(state: seed)
    return (0..<count).map { _ in
      let kind = Double.random(in: 0..<1, using: &generator)
      let (sizes, factors): (ClosedRange<Double>, ClosedRange<Double>) =
        kind < 0.6
        ? (20_000...200_000, 1...1) : kind < 0.85 ? (1e6...4e6, 0.6...0.8) : (3e6...12e6, 0.9...1.1)
      let expected = Double.random(in: sizes, using: &generator)
      return Size(expected: expected, moved: expected * Double.random(in: factors, using: &generator))
    }
  }
}

/// From one fifth of a copy on, the time left is told within a quarter of the truth, or within three seconds where that is
/// more: in the last seconds a quarter would be less than what one chunk takes.
@Suite("The time left") struct TimeLeftTests {
  static func isNear(_ left: Double, _ truth: Double) -> Bool { abs(left - truth) <= max(truth / 4, 3) }

  private func check(_ copy: ScriptedCopy, _ sizes: [ScriptedCopy.Size], _ comment: Comment) {
    var board = ProgressBoard(activity: "Copying")
    let (told, end) = copy.run(sizes, &board)
    let late = told.filter { $0.at >= end / 5 }
    // Nothing is left out: it is said twice a second.
    #expect(late.count >= Int(end * 4 / 5 * 2) - 2, comment)
    for (at, left) in late {
      #expect(Self.isNear(left, end - at), "\(comment), at \(at) of \(end) s: \(left) s")
    }
  }

  @Test(
    "is near the truth where all workers share a source's rate", arguments: [1, 2, 4], [UInt64(1), 2, 3, 4])
  func shared(workers: Int, seed: UInt64) {
    check(ScriptedCopy(rate: 4e6, workers: workers), ScriptedCopy.mixed(120, seed: seed), "seed \(seed)")
  }

  /// No chunk takes longer than four seconds here: which ones come last isn't known, and while one worker still has a large
  /// one, the others have nothing left to do.
  @Test("is near the truth where each worker has a rate of its own", arguments: [UInt64(5), 6, 7])
  func single(seed: UInt64) {
    check(
      ScriptedCopy(streamRate: 3e6, cost: 0.2, workers: 3), ScriptedCopy.mixed(360, seed: seed),
      "seed \(seed)")
  }

  @Test("is near the truth where round trips cost more than bytes", arguments: [UInt64(8), 9])
  func distant(seed: UInt64) {
    check(
      ScriptedCopy(rate: 20e6, cost: 0.5, workers: 2), ScriptedCopy.mixed(200, seed: seed), "seed \(seed)")
  }

  @Test("is near the truth where indexes are built behind the rows", arguments: [UInt64(10), 11])
  func indexed(seed: UInt64) {
    check(
      ScriptedCopy(rate: 4e6, indexing: 0.1, workers: 2), ScriptedCopy.mixed(120, seed: seed),
      "seed \(seed)")
  }

  @Test("is near the truth where the small chunks come first, or last", arguments: [false, true])
  func sorted(largestFirst: Bool) {
    let sizes = ScriptedCopy.mixed(120, seed: 12).sorted {
      largestFirst ? $0.expected > $1.expected : $0.expected < $1.expected
    }
    check(ScriptedCopy(rate: 4e6, workers: 1), sizes, "sorted")
  }
}
