import ChunkCatalog
import Postgres
import TestConnections
import Testing

@testable import BackfillCommands

private typealias Sample = StatusSample

@Suite("What a queue's state comes to") struct StatusJudgementTests {
  private static let copying = ([Sample.leader()], [Sample.run()])

  private static func facts(_ hypertable: HypertableProgress?, isRunning: Bool = false) -> QueueStatus {
    Sample.facts(
      sessions: isRunning ? copying.0 : [], runs: isRunning ? copying.1 : [],
      hypertables: hypertable.map { [$0] } ?? [])
  }

  static let verdicts: [Case<QueueStatus, String>] = [
    Case("an empty queue", facts(nil), "done stage"),
    Case("a fresh one", facts(Sample.hypertable(all: 3)), "waiting copy"),
    Case("one in work", facts(Sample.hypertable(all: 3), isRunning: true), "running -"),
    Case("a half copied one", facts(Sample.hypertable(all: 3, copied: 2, verified: 1)), "waiting copy"),
    Case("a copied one", facts(Sample.hypertable(all: 3, copied: 3, verified: 1)), "waiting verify"),
    Case("a verified one", facts(Sample.hypertable(all: 3, copied: 3, verified: 3)), "done clean"),
    Case("a failed task", facts(Sample.hypertable(all: 3, copied: 2, failed: 1)), "failed copy"),
    Case(
      "a failed task while others are copied",
      facts(Sample.hypertable(all: 3, copied: 1, failed: 1), isRunning: true), "failed -"),
    Case(
      "a failed comparison", facts(Sample.hypertable(all: 3, copied: 3, verified: 2, failed: 1)),
      "failed verify"),
    Case(
      "a difference", facts(Sample.hypertable(all: 3, copied: 3, verified: 2, differing: 1)),
      "differs copyDiffering"),
    Case(
      "a difference and a failure",
      facts(Sample.hypertable(all: 3, copied: 2, failed: 1, differing: 1)), "differs copy"),
  ]

  @Test("is judged", arguments: verdicts)
  func verdict(row: Case<QueueStatus, String>) {
    let result = Sample.result(row.input)
    #expect("\(result.verdict.rawValue) \(result.next?.rawValue ?? "-")" == row.expected)
  }

  @Test("jobs are turned on when all else is done, and before the queue is removed") func jobsOff() {
    var facts = Self.facts(Sample.hypertable(all: 3, copied: 3, verified: 2))
    facts.shape = Sample.shape(tables: ["task", "job"])
    facts.recordedJobs = 2
    #expect(Sample.result(facts).next == .verify)
    facts.hypertables = [Sample.hypertable(all: 3, copied: 3, verified: 3)]
    #expect(Sample.result(facts).next == .jobsOn && Sample.result(facts).recordedJobs == 2)
    facts.aggregates = [QualifiedName("public", "readings"): QualifiedName("public", "daily")]
    #expect(Sample.result(facts).next == .refreshCaggs)
    facts.aggregates = [:]
    facts.recordedJobs = 0
    #expect(Sample.result(facts).next == .clean)
  }

  @Test("an archive's queue is told") func archive() {
    var facts = Self.facts(Sample.hypertable(all: 3))
    #expect(!Sample.result(facts).isOfArchive)
    facts.isOfArchive = true
    #expect(Sample.result(facts).isOfArchive && Sample.result(facts).next == .copy)
  }

  @Test("a silent run is on nothing") func silent() {
    let result = Sample.result(
      Sample.facts(
        sessions: [Sample.leader(heard: 60)], runs: [Sample.run()],
        hypertables: [Sample.hypertable(all: 3)]))
    #expect(result.verdict == .waiting)
    #expect(result.next == .copy)
  }

  @Test("aggregates are to be refreshed after the last copy") func refresh() {
    var facts = Self.facts(Sample.hypertable(all: 3, copied: 3, verified: 3))
    facts.aggregates = [QualifiedName("public", "readings"): QualifiedName("public", "daily")]
    facts.runs = [Sample.run(2, "refresh-caggs", ended: 50, outcome: "done"), Sample.run(1, ended: 60)]
    #expect(Sample.result(facts).next == .clean)
    facts.runs.insert(Sample.run(3, ended: 5), at: 0)
    #expect(Sample.result(facts).next == .refreshCaggs)
    #expect(Sample.result(facts).hypertables.map(\.name) == [QualifiedName("public", "daily")])
  }

  @Test("what is put off although all parts are copied keeps it from being done") func unfinished() {
    var facts = Self.facts(Sample.hypertable(all: 3, copied: 3, verified: 3))
    let chunk = QualifiedName("i", "c")
    func put(off partsLeft: Int) -> DeferredWork {
      DeferredWork(
        chunk: chunk, hypertable: QualifiedName("public", "readings"), kind: "index", count: 1,
        partsLeft: partsLeft)
    }
    facts.deferred = [put(off: 2)]
    #expect(Sample.result(facts).verdict == .done)
    facts.deferred = [put(off: 0)]
    let result = Sample.result(facts)
    #expect(result.verdict == .waiting)
    #expect(result.troubles.count == 1)
  }

  @Test("a failed and a differing task are told with hypertable and time") func failures() throws {
    var task = Sample.task(4, error: "ERROR: no")
    task.difference = "5 rows differ"
    task.part = .init(number: 2, count: 3)
    let failures = Sample.result(Sample.facts(tasks: [task])).failures
    #expect(failures.map(\.kind) == [.failed, .differs])
    #expect(failures.map(\.message) == ["ERROR: no", "5 rows differ"])
    let place = try #require(failures.first?.task.place)
    #expect(place.hypertable == QualifiedName("public", "readings"))
    #expect(place.from == .time(Timestamp(microseconds: 1_704_067_200_000_000)))
  }

  static let points: [Case<(Int64, String?), TimePoint>] = [
    Case("no lower bound", (.min, "date"), .beginning),
    Case("no upper bound", (.max, "bigint"), .end),
    Case("a date", (0, "date"), .date(Timestamp(microseconds: 0))),
    Case("the original tool's spelling", (1, "timestamptz"), .time(Timestamp(microseconds: 1))),
    Case("a time", (1, "timestamp with time zone"), .time(Timestamp(microseconds: 1))),
    Case(
      "a time without a zone", (1, "timestamp without time zone"), .localTime(Timestamp(microseconds: 1))),
    Case("the original tool's spelling of it", (1, "timestamp"), .localTime(Timestamp(microseconds: 1))),
    Case("a UUID", (1, "uuid"), .time(Timestamp(microseconds: 1))),
    Case("an integer", (5, "integer"), .number(5)),
    Case("a type that nobody knows", (5, "x"), .number(5)),
    Case("none", (5, nil), .number(5)),
  ]

  @Test("a bound is read by the dimension's type", arguments: points)
  func point(row: Case<(Int64, String?), TimePoint>) {
    #expect(TimePoint(row.input.0, type: row.input.1) == row.expected)
  }
}

@Suite("How fast a queue is worked through") struct PaceTests {
  private func pace(_ hypertable: HypertableProgress, sessions: [TargetSession] = [Sample.leader()]) -> Pace?
  {
    let runs = [Sample.run(1, sessions.first?.command ?? "copy")]
    return Sample.result(Sample.facts(sessions: sessions, runs: runs, hypertables: [hypertable])).pace
  }

  @Test("is told by bytes, and what is left by what the copied ones had") func bytes() {
    // 10 tasks were thought to have 1000 bytes and had 500; 90 more with 9000 are to come: 4500.
    let pace = pace(
      Sample.hypertable(
        all: 100, copied: 10, bytes: 500, expected: .init(bytes: 9000, thought: 1000, found: 500),
        recent: .init(copiedTasks: 6, copiedBytes: 300)))
    #expect(
      pace
        == Pace(
          work: .copying, window: .seconds(300), bytesPerSecond: 1, left: .seconds(4500), basis: .bytes))
  }

  @Test("counts what is being loaded, as far as it came lately") func inFlight() {
    let worker = Sample.worker(heard: 600, copy: .init(rows: 1, bytes: 600))
    let pace = pace(
      Sample.hypertable(all: 2, copied: 1, bytes: 0, expected: .init(bytes: 1200)),
      sessions: [Sample.leader(), worker])
    // Half of its time is within the window; the other 600 bytes come at that rate.
    #expect(pace?.bytesPerSecond == 1)
    #expect(pace?.left == .seconds(600))
  }

  @Test("goes by tasks where sizes aren't known, and not by few of them") func tasks() {
    func hypertable(_ recent: Double) -> HypertableProgress {
      Sample.hypertable(
        all: 100, copied: 10, expected: .init(unknown: 90),
        recent: .init(copiedTasks: recent, copiedBytes: 300))
    }
    #expect(pace(hypertable(3))?.left == .seconds(9000))
    #expect(pace(hypertable(3))?.basis == .tasks)
    #expect(pace(hypertable(2))?.left == nil)
    #expect(pace(hypertable(2))?.bytesPerSecond == 1)
  }

  @Test("of a verification goes by the bytes that were copied") func verifying() {
    let pace = pace(
      Sample.hypertable(
        all: 10, copied: 10, verified: 2, bytes: 600, recent: .init(verifiedTasks: 2, verifiedBytes: 600)),
      sessions: [Sample.leader(10, "verify")])
    #expect(
      pace
        == Pace(
          work: .verifying, window: .seconds(300), bytesPerSecond: 2, left: .seconds(300), basis: .bytes)
    )
  }

  @Test("is nothing where nothing is going on, or nothing was done") func nothing() {
    let done = Sample.hypertable(all: 9, copied: 5, recent: .init(copiedTasks: 5, copiedBytes: 5))
    #expect(Sample.result(Sample.facts(hypertables: [done])).pace == nil)
    #expect(pace(Sample.hypertable(all: 9)) == nil)
  }
}
