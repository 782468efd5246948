import Postgres
import Testing
import TimescaleDB

@testable import BackfillCommands
@testable import ChunkCatalog

@Suite("What a report makes of the queue's record") struct MigrationReportTests {
  private static func ago(_ seconds: Int64) -> Timestamp { StatusSample.ago(seconds) }

  private static func task(
    _ priority: Int64 = 1, state: RecordedTask.State = .verified, copied: Int64? = 100, verified: Int64? = 50
  ) -> RecordedTask {
    var task = RecordedTask(
      priority: priority, chunk: QualifiedName("s", "c\(priority)"), hypertable: QualifiedName("public", "h"),
      state: state)
    task.copied = copied.map { .init(began: ago($0 + 5), ended: ago($0), run: "a") }
    task.verified = verified.map { .init(began: ago($0 + 5), ended: ago($0), run: "b") }
    task.rows = copied.map { _ in 10 }
    task.bytes = copied.map { _ in 100 }
    return task
  }

  private static func incident(
    _ kind: Incident.Kind, _ work: Queue.Work, _ seconds: Int64, priority: Int64 = 1
  ) -> RecordedIncident {
    RecordedIncident(
      priority: priority, kind: kind, work: work, run: "a", at: ago(seconds),
      chunk: QualifiedName("s", "c\(priority)"), hypertable: QualifiedName("public", "h"), message: "no")
  }

  private static func record(
    _ tasks: [RecordedTask], _ incidents: [RecordedIncident] = [], runs: [RecordedRun]? = nil
  ) -> QueueRecord {
    var record = QueueRecord(shape: StatusSample.shape())
    record.tasks = tasks
    record.incidents = incidents
    record.runs =
      runs ?? [
        RecordedRun(id: 1, command: "copy", started: ago(200), ended: ago(90), name: "a"),
        RecordedRun(id: 2, command: "verify", started: ago(60), ended: ago(40), name: "b"),
      ]
    return record
  }

  private static func report(_ record: QueueRecord) -> MigrationReport {
    MigrationReport(
      record,
      ConnectedDatabase(
        side: .target, address: "h:5432", database: "d", user: "app", postgresVersion: "18.0",
        timescaleVersion: "2.29.2"))
  }

  struct Case: Sendable, CustomStringConvertible {
    let description: String
    let task: RecordedTask?
    let incident: RecordedIncident
    let expected: ReportedIncident.Resolution

    init(
      _ description: String, _ task: RecordedTask?, _ incident: RecordedIncident,
      _ expected: ReportedIncident.Resolution
    ) {
      self.description = description
      self.task = task
      self.incident = incident
      self.expected = expected
    }
  }

  static let cases = [
    Case("copied since", task(), incident(.failed, .copying, 150), .copied(by: 1, at: ago(100))),
    Case(
      "never copied", task(state: .failed, copied: nil, verified: nil), incident(.failed, .copying, 150),
      .open),
    Case(
      "reset since", task(state: .pending, copied: nil, verified: nil), incident(.failed, .copying, 150),
      .pending),
    Case("found equal since", task(), incident(.differed, .verifying, 80), .verified(by: 2, at: ago(50))),
    Case(
      "copied again since", task(state: .copied, copied: 60, verified: nil),
      incident(.differed, .verifying, 80),
      .copied(by: 1, at: ago(60))),
    Case(
      "differs still", task(state: .differing, verified: nil), incident(.differed, .verifying, 80), .open),
    Case(
      "compared since, of a comparison that failed", task(), incident(.failed, .verifying, 80),
      .verified(by: 2, at: ago(50))),
    Case(
      "of a comparison that failed and was not made again", task(state: .failed, verified: nil),
      incident(.failed, .verifying, 80), .open),
    Case("whose task is gone", nil, incident(.failed, .copying, 150), .removed),
    Case("whose task is another's now", task(2), incident(.failed, .copying, 150), .removed),
  ]

  @Test("tells what became of a failure or a difference", arguments: cases)
  func resolution(example: Case) throws {
    let report = Self.report(Self.record([example.task].compactMap { $0 }, [example.incident]))
    let found = try #require(report.incidents.first { $0.facts == example.incident })
    #expect(found.resolution == example.expected)
  }

  @Test("takes what happens again and again for one thing that is to be resolved") func repeated() {
    let task = Self.task(state: .failed, copied: nil, verified: nil)
    let all = [150, 140, 130].map { Self.incident(.failed, .copying, $0) }
    #expect(
      Self.report(Self.record([task], all)).incidents.map(\.resolution) == [.repeated, .repeated, .open])
  }

  @Test("hears of what the queue didn't remember from the tasks themselves") func forgotten() {
    var failed = Self.task(1, state: .failed, copied: nil, verified: nil)
    failed.error = "no"
    failed.failedAt = Self.ago(10)
    var differing = Self.task(2, state: .differing, verified: nil)
    differing.verifyMessage = "1 row"
    let report = Self.report(Self.record([failed, differing]))
    #expect(report.incidents.map(\.facts.message) == ["no", "1 row"])
    #expect(report.incidents.allSatisfy { $0.isOpen && $0.run == nil })
    // Not twice.
    let once = Self.report(Self.record([failed], [Self.incident(.failed, .copying, 10)]))
    #expect(once.incidents.count == 1)
  }

  @Test("finds the run of a task that doesn't name it, if there can be only one") func unnamed() {
    var task = Self.task(verified: nil)
    task.copied?.run = nil
    let run = RecordedRun(id: 7, command: "copy", started: Self.ago(200), ended: Self.ago(90))
    let other = RecordedRun(id: 8, command: "copy", started: Self.ago(150), ended: nil)
    func doer(_ runs: [RecordedRun]) -> Int64? {
      Self.report(Self.record([task], runs: runs)).hypertables.first?.tasks.first?.copiedBy
    }
    #expect(doer([run]) == 7)
    #expect(doer([run, other]) == nil)
    #expect(doer([RecordedRun(id: 9, command: "verify", started: Self.ago(200))]) == nil)
  }

  @Test("counts runs side by side once, and one that never ended to its last task") func worked() {
    let runs = [
      RecordedRun(id: 1, command: "copy", started: Self.ago(200), ended: Self.ago(150), name: "x"),
      RecordedRun(id: 2, command: "copy", started: Self.ago(180), ended: Self.ago(140), name: "y"),
      RecordedRun(id: 3, command: "copy", started: Self.ago(120), name: "a"),
    ]
    let report = Self.report(Self.record([Self.task(verified: nil)], runs: runs))
    #expect(report.worked == .seconds(60 + 20))
    #expect(report.runs.map(\.end) == [Self.ago(150), Self.ago(140), Self.ago(100)])
    #expect(report.period?.began == Self.ago(200) && report.period?.ended == Self.ago(100))
  }

  @Test("adds up each task in one state, with the verdict that outweighs the others") func totals() {
    let tasks = RecordedTask.State.allCases.enumerated().map { index, state in
      Self.task(
        Int64(index), state: state, copied: state == .pending || state == .failed ? nil : 100,
        verified: state == .verified ? 50 : nil)
    }
    let report = Self.report(Self.record(tasks))
    let totals = report.totals
    #expect(RecordedTask.State.allCases.map { totals[$0] } == [1, 1, 1, 1, 1])
    #expect(totals.tasks == 5 && totals.copied == 3 && totals.rows == 30 && totals.bytes == 300)
    #expect(report.verdict == .differing)
    #expect(Self.report(Self.record([])).verdict == .empty)
  }

  @Test("calls aggregates by the names of their views, and tells of windows without a chunk") func names() {
    var record = Self.record([Self.task()])
    record.aggregates = [QualifiedName("public", "h"): QualifiedName("public", "daily")]
    record.windows = [
      StagedWindow(hypertable: QualifiedName("public", "h"), time: TaskBounds(upper: 7)),
      StagedWindow(hypertable: QualifiedName("public", "none"), time: TaskBounds(lower: 1)),
    ]
    let report = Self.report(record)
    #expect(
      report.hypertables.map(\.name) == [QualifiedName("public", "daily"), QualifiedName("public", "none")])
    #expect(
      report.hypertables.map(\.windows) == [
        [.init(from: .beginning, to: .number(7))], [.init(from: .number(1), to: .end)],
      ])
    #expect(report.hypertables.last?.tasks.isEmpty == true)
  }
}
