import ChunkCatalog
import Postgres
import TestConnections
import TestServers
import Testing
import TimescaleDB

@testable import BackfillCommands

@Suite("Staging again") struct RestagingTests {
  private static let hypertable = QualifiedName("public", "metrics")
  private static let time = Dimension(
    column: Identifier("time"), type: "bigint", isOpen: true, partitioningFunction: nil)

  static func range(_ lower: Int64, _ upper: Int64) -> Dimension.Range {
    Dimension.Range(lower: lower, upper: upper)
  }

  private static let all = range(.min, .max)

  /// A chunk of the source with its slice, and what is wanted of it.
  private static func candidate(
    _ name: String, _ slice: Dimension.Range, _ parts: [Dimension.Range], snapshot: String? = nil
  ) -> Restaging.Candidate {
    Restaging.Candidate(
      task: StagedTask(
        chunk: QualifiedName("s", name), hypertable: hypertable, targetHypertable: hypertable,
        targetChunk: nil,
        dimensions: [time], slices: [slice], bounds: .wholeChunk, snapshot: snapshot), parts: parts)
  }

  private static func scope(_ window: Dimension.Range) -> Restaging.Scope {
    Restaging.Scope(time: time.column, window: window, target: (hypertable, 5))
  }

  private static func queued(
    _ priority: Int64, _ name: String, _ slice: Dimension.Range, _ range: Dimension.Range? = all,
    copied: Bool = false, split: Int64? = nil, deferred: Bool = false
  ) -> QueuedTask {
    QueuedTask(
      priority: priority, chunk: QualifiedName("s", name), hypertable: hypertable,
      targetHypertable: hypertable, isCopied: copied, slices: [time.column: slice],
      bounds: range.map { TaskBounds(lower: $0.lower, upper: $0.upper) },
      split: split,
      hasDeferredWork: deferred)
  }

  /// What comes of it, in a form that can be written down.
  private struct Found: Equatable {
    var removed: [Int64] = []
    /// As "chunk lower..upper", with the part's number, count and split where it is one.
    var added: [String] = []
    var rewritten: [String] = []
    var detached: [Int64] = []
    var inherited: [String] = []
    var alreadyStaged = 0
    var replaced = 0
    var unfinishable = 0
    var outside = 0
  }

  private static func found(
    _ candidates: [Restaging.Candidate], _ queue: [QueuedTask], window: Dimension.Range = all
  ) -> Found {
    let restaging = Restaging(
      candidates, queue: queue, selected: [hypertable: scope(window)])
    func text(_ task: StagedTask) -> String {
      let bounds =
        "\(task.bounds.lower.map(String.init) ?? "")..\(task.bounds.upper.map(String.init) ?? "")"
      let part = task.part.map { " part \($0.number)/\($0.count)\($0.split.map { " of \($0)" } ?? "")" } ?? ""
      return "\(task.chunk.name.name) \(bounds)\(part)"
    }
    return Found(
      removed: restaging.changes.removed.sorted(), added: restaging.added.map(text),
      rewritten: restaging.changes.rewritten.map { "\($0.priority): \(text($0.task))" },
      detached: restaging.changes.detached,
      inherited: restaging.changes.inherited.map { "\($0.from) to \($0.to)" },
      alreadyStaged: restaging.alreadyStaged.values.reduce(0, +), replaced: restaging.replaced.count,
      unfinishable: restaging.unfinishable.count,
      outside: restaging.outside.values.reduce(0) { $0 + $1.count })
  }

  private static let slice = range(0, 100)

  @Test("stages everything where nothing is") func fresh() {
    #expect(
      Self.found(
        [Self.candidate("a", Self.slice, [Self.slice]), Self.candidate("b", Self.range(100, 200), [])], [])
        == Found(added: ["a .."]))
  }

  @Test("leaves what is wanted as it is") func same() {
    let candidates = [
      Self.candidate("a", Self.slice, [Self.slice]),
      Self.candidate("b", Self.range(100, 200), [Self.range(100, 130), Self.range(130, 150)]),
    ]
    let queue = [
      Self.queued(1, "a", Self.slice, copied: true),
      Self.queued(3, "b", Self.range(100, 200), Self.range(120, 150), split: 1),
      Self.queued(4, "b", Self.range(100, 200), Self.range(.min, 120), split: 1),
    ]
    #expect(Self.found(candidates, queue) == Found(alreadyStaged: 2))
  }

  @Test("replaces an uncopied task of another window, and takes out what lies outside") func otherWindow() {
    let queue = [
      Self.queued(1, "b", Self.range(100, 200)), Self.queued(2, "a", Self.slice, Self.range(.min, 70)),
      Self.queued(3, "z", Self.range(200, 300), copied: true),
    ]
    let candidates = [
      Self.candidate("a", Self.slice, [Self.range(0, 50)]), Self.candidate("b", Self.range(100, 200), []),
      Self.candidate("z", Self.range(200, 300), []),
    ]
    #expect(
      Self.found(candidates, queue, window: Self.range(.min, 50))
        == Found(removed: [1, 2], added: ["a ..50"], replaced: 2, outside: 1))
  }

  @Test("gives a chunk that is copied in part its missing part only") func missingPart() {
    let queue = [Self.queued(1, "a", Self.slice, Self.range(.min, 60), copied: true)]
    #expect(
      Self.found([Self.candidate("a", Self.slice, [Self.slice])], queue) == Found(added: ["a 60.."]))
    #expect(
      Self.found([Self.candidate("a", Self.slice, [Self.range(20, 60)])], queue) == Found(alreadyStaged: 1))
  }

  @Test("copies what lies between again where a chunk isn't cut, and not where it is") func between() {
    let queue = [Self.queued(1, "a", Self.slice, Self.range(40, 60), copied: true)]
    #expect(Self.found([Self.candidate("a", Self.slice, [Self.slice])], queue) == Found(added: ["a .."]))
    #expect(
      Self.found([Self.candidate("a", Self.slice, [Self.range(0, 50), Self.range(50, 100)])], queue)
        == Found(added: ["a 60.. part 2/2", "a ..40 part 1/2"]))
  }

  @Test("replaces tasks with rows in common, whoever staged them") func overlapping() {
    let queue = [
      Self.queued(1, "a", Self.slice, Self.range(.min, 60)),
      Self.queued(2, "a", Self.slice, Self.range(50, .max)),
      Self.queued(3, "b", Self.range(100, 200), nil),
    ]
    let candidates = [
      Self.candidate("a", Self.slice, [Self.slice]),
      Self.candidate("b", Self.range(100, 200), [Self.range(100, 200)]),
    ]
    #expect(
      Self.found(candidates, queue) == Found(removed: [1, 2, 3], added: ["a ..", "b .."], replaced: 2))
  }

  @Test("replaces tasks of another snapshot, which may be gone") func snapshot() {
    #expect(
      Self.found(
        [Self.candidate("a", Self.slice, [Self.slice], snapshot: "new")], [Self.queued(1, "a", Self.slice)])
        == Found(removed: [1], added: ["a .."], replaced: 1))
  }

  @Test("copies the rows of a chunk that was merged into another one") func merged() {
    let whole = Self.range(0, 200)
    let queue = [
      Self.queued(1, "b", Self.range(100, 200), copied: true), Self.queued(2, "a", Self.slice, copied: true),
    ]
    #expect(
      Self.found([Self.candidate("a", whole, [whole])], queue)
        == Found(removed: [1], added: ["a 100.."], rewritten: ["2: a ..100"]))
    let waiting = queue.map { task in
      var task = task
      task.isCopied = false
      return task
    }
    #expect(
      Self.found([Self.candidate("a", whole, [whole])], waiting)
        == Found(removed: [1, 2], added: ["a .."], replaced: 2))
  }

  @Test("takes no chunk of another name for copied, though it has the same time") func lateRows() {
    let queue = [Self.queued(1, "dropped", Self.slice, copied: true)]
    #expect(
      Self.found([Self.candidate("late", Self.slice, [Self.slice])], queue)
        == Found(removed: [1], added: ["late .."]))
    // Dropped by retention: nothing is in its place.
    #expect(Self.found([], queue) == Found())
  }

  @Test("never forgets what is put off for a split chunk") func deferred() {
    let queue = [
      Self.queued(1, "a", Self.slice, Self.range(70, .max), copied: true, split: 7, deferred: true),
      Self.queued(2, "a", Self.slice, Self.range(.min, 70), split: 7, deferred: true),
    ]
    // An earlier end: the part that is left takes it over, and the copied one is verified by itself.
    #expect(
      Self.found([Self.candidate("a", Self.slice, [Self.range(0, 30)])], queue, window: Self.range(.min, 30))
        == Found(
          removed: [2], added: ["a ..30 part 1/1 of 7"], detached: [1], replaced: 1, outside: 1))
    // No part is left.
    let none = Self.found([Self.candidate("a", Self.slice, [])], queue, window: Self.range(200, .max))
    #expect(none.unfinishable == 1)
    // The chunk went into another one.
    #expect(
      Self.found([Self.candidate("b", Self.range(0, 200), [Self.range(0, 200)])], queue)
        == Found(removed: [1, 2], added: ["b .. part 1/1 of 7"], replaced: 1))
    // The chunk was dropped: copy finds that out, and puts back what was put off.
    #expect(Self.found([], queue) == Found())
  }

  @Test("brings what is put off by several splits of a chunk together") func severalSplits() {
    let queue = [
      Self.queued(1, "a", Self.slice, Self.range(.min, 50), split: 7, deferred: true),
      Self.queued(2, "a", Self.slice, Self.range(50, .max), split: 9, deferred: true),
    ]
    #expect(
      Self.found([Self.candidate("a", Self.slice, [Self.range(0, 50), Self.range(50, 100)])], queue)
        == Found(
          removed: [1, 2], added: ["a 50.. part 2/2 of 7", "a ..50 part 1/2 of 7"], inherited: ["9 to 7"],
          replaced: 1))
  }

  @Test("leaves each row of the window to exactly one task, whatever was staged and copied before")
  func everyRowOnce() {
    var random = SeededRandom(seed: 10)
    func piece(_ slice: Dimension.Range) -> Dimension.Range {
      let lower = Int64.random(in: slice.lower..<slice.upper, using: &random)
      let upper = Int64.random(in: lower + 1...slice.upper, using: &random)
      return Self.range(lower == slice.lower ? .min : lower, upper == slice.upper ? .max : upper)
    }
    for _ in 0..<2000 {
      let slice = Self.range(0, Int64.random(in: 5...30, using: &random))
      var queue: [QueuedTask] = []
      for priority in 0..<Int64.random(in: 0...5, using: &random) {
        let staged =
          Bool.random(using: &random) ? slice : Self.range(0, Int64.random(in: 1...30, using: &random))
        queue.append(
          Self.queued(priority, "a", staged, piece(staged), copied: Bool.random(using: &random)))
      }
      let wanted = piece(slice).intersection(slice)
      let cut = Int64.random(in: wanted.lower...wanted.upper, using: &random)
      let parts = [Self.range(wanted.lower, cut), Self.range(cut, wanted.upper)].filter { !$0.isEmpty }
      let restaging = Restaging(
        [Self.candidate("a", slice, parts)], queue: queue,
        selected: [Self.hypertable: Self.scope(wanted)])
      let removed = Set(restaging.changes.removed)
      let kept = queue.filter { !removed.contains($0.priority) }
      let rewritten = Dictionary(
        uniqueKeysWithValues: restaging.changes.rewritten.map { ($0.priority, $0.task.bounds.range) })
      for row in slice.lower..<slice.upper {
        func has(_ range: Dimension.Range) -> Bool { range.lower <= row && row < range.upper }
        let copied = kept.contains {
          $0.isCopied && has((rewritten[$0.priority] ?? $0.bounds?.range ?? Self.all).intersection(slice))
        }
        let waiting =
          kept.filter { !$0.isCopied && has($0.bounds?.range ?? Self.all) }.count
          + restaging.added.filter { has($0.bounds.range) }.count
        #expect(waiting <= 1, "\(queue) \(restaging)")
        if has(wanted) {
          #expect(copied || waiting == 1, "\(queue) \(restaging)")
        } else {
          #expect(waiting == 0)
        }
      }
    }
  }

  @Test("stages again what went with a hypertable that was dropped on the target") func lost() {
    func restaging(copiedInto number: Int64?) -> Restaging {
      var copied = Self.queued(1, "a", Self.slice, copied: true)
      copied.copiedInto = number
      var gone = Self.queued(2, "b", Self.range(100, 200), copied: true)
      gone.copiedInto = number
      return Restaging(
        [Self.candidate("a", Self.slice, [Self.slice])], queue: [copied, gone],
        selected: [Self.hypertable: Self.scope(Self.all)])
    }
    let again = restaging(copiedInto: 4)
    // The source has dropped "b": nothing can be copied again.
    #expect(again.changes.removed == [1] && again.changes.orphaned == [2] && again.added.count == 1)
    #expect(again.lost == [Self.hypertable: [QualifiedName("s", "a")]])
    // Of what another tool has copied it isn't known where it went.
    for number in [5, nil] as [Int64?] {
      let same = restaging(copiedInto: number)
      #expect(same.changes.removed == [] && same.added.isEmpty && same.lost.isEmpty)
    }
  }

  @Test("gives each task its share of what the chunk holds") func expectations() {
    var candidate = Self.candidate("a", Self.slice, [Self.range(0, 50), Self.range(50, 75)])
    candidate.contents = ChunkContents(
      rowBytes: 8000, toastBytes: 2000, tuples: 400, pages: 1, blockSize: 8000)
    func expected(_ queue: [QueuedTask]) -> [[Int64?]] {
      Restaging(
        [candidate], queue: queue,
        selected: [Self.hypertable: Self.scope(Self.all)]
      ).added.map { [$0.expectedBytes, $0.expectedRows] }
    }
    #expect(expected([]) == [[2500, 100], [5000, 200]])
    candidate.spread = RowSpread(slice: Self.slice, quantiles: [0, 75, 100])
    candidate.parts = [Self.range(0, 75)]
    #expect(expected([]) == [[5000, 200]])
    // Of a chunk that is copied in part, what is left.
    candidate.spread = nil
    #expect(expected([Self.queued(1, "a", Self.slice, Self.range(0, 50), copied: true)]) == [[2500, 100]])
    candidate.contents = nil
    #expect(expected([]) == [[nil, nil]])
  }
}
