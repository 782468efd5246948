import ChunkCatalog
import Postgres

@testable import BackfillCommands
@testable import backfill

/// Migrations as `report` finds them.
enum ReportExample {
  static let now = Timestamp(microseconds: 1_704_100_000_000_000)
  static let day: Int64 = 86_400_000_000
  static let readings = QualifiedName("public", "readings")

  static func database(_ name: String = "metrics", address: String = "db:5432") -> RecordedDatabase {
    RecordedDatabase(
      address: address, database: name, user: "app", postgresVersion: "18.1", timescaleVersion: "2.29.2")
  }

  static func ago(_ seconds: Double) -> Timestamp { now.advanced(by: .zero - .seconds(seconds)) }

  static func task(
    _ priority: Int64, lower: Int64? = nil, upper: Int64? = nil, state: RecordedTask.State = .verified,
    hypertable: QualifiedName = readings, chunk: QualifiedName? = nil
  ) -> ReportedTask {
    var facts = RecordedTask(
      priority: priority, chunk: chunk ?? Sample.chunk("_hyper_1_\(priority)_chunk"), hypertable: hypertable,
      state: state)
    if state != .pending, state != .failed {
      facts.copied = .init(
        began: ago(500 - Double(priority % 400)), ended: ago(498 - Double(priority % 400)), run: "one",
        backend: 100 + priority % 4)
      facts.rows = 1000 + priority
      facts.bytes = 10_000 * priority
    }
    if state == .verified {
      facts.verified = .init(began: ago(90), ended: ago(80), run: "two", backend: 200)
    }
    if state == .failed { facts.error = "target: copying rows: no" }
    let from = lower ?? priority * day
    let to = upper ?? from + day
    return ReportedTask(
      facts,
      place: TaskPlace(
        priority: priority, chunk: facts.chunk,
        place: ChunkPlace(
          hypertable: hypertable, from: .time(Timestamp(microseconds: from)),
          to: .time(Timestamp(microseconds: to)))),
      time: .init(lower: from, upper: to), copiedBy: facts.copied == nil ? nil : 1,
      verifiedBy: facts.verified == nil ? nil : 2)
  }

  static func hypertable(_ tasks: [ReportedTask], isTimed: Bool = true) -> ReportedHypertable {
    ReportedHypertable(
      name: tasks.first?.place.place.hypertable ?? readings, isTimed: isTimed,
      windows: [.init(from: .beginning, to: .time(now))], tasks: tasks)
  }

  static func run(_ id: Int64, _ command: String, from: Double, to: Double?) -> ReportedRun {
    let record = RecordedRun(
      id: id, command: command, version: "0.1.0", options: "--parallelism=4", host: "h", process: 4711,
      started: ago(from), ended: to.map(ago), outcome: to == nil ? nil : "done", chunks: 3, rows: 30,
      bytes: 300)
    return ReportedRun(record: record, end: to.map(ago))
  }

  static func report(_ hypertables: [ReportedHypertable]) -> MigrationReport {
    var report = MigrationReport(now: now, target: database())
    report.source = database("metrics", address: "old:5432")
    report.created = ago(700)
    report.hypertables = hypertables
    report.runs = [run(1, "copy", from: 600, to: 90), run(2, "verify", from: 100, to: 70)]
    return report
  }

  static func incident(
    _ task: ReportedTask, _ kind: Incident.Kind = .failed, message: String = "no",
    resolution: ReportedIncident.Resolution = .open
  ) -> ReportedIncident {
    ReportedIncident(
      RecordedIncident(
        priority: task.facts.priority, kind: kind, work: kind == .failed ? .copying : .verifying, run: "one",
        at: ago(300), chunk: task.facts.chunk, hypertable: task.facts.hypertable, message: message),
      place: task.place, run: 1, resolution: resolution)
  }
}
