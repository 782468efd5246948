import ChunkCatalog
import Postgres
import TimescaleDB

extension MigrationReport {
  /// Pure: what was read in, what it means out.
  init(_ record: QueueRecord, _ database: ConnectedDatabase) {
    self.init(now: record.shape.now, target: database.recorded)
    source = record.runs.last { $0.source != nil }?.source
    created = record.created
    let doers = Doers(record.runs)
    let tasks = record.tasks.map { facts in
      ReportedTask(
        facts, place: record.place(facts), time: Self.span(facts),
        copiedBy: doers.run(of: facts.copied, "copy"),
        verifiedBy: doers.run(of: facts.verified, "verify"))
    }
    hypertables = Self.hypertables(tasks, record)
    runs = record.runs.map { ReportedRun(record: $0, end: $0.ended ?? Self.lastSign(of: $0, tasks)) }
    incidents = Self.incidents(tasks, record, doers)
  }

  private static func hypertables(_ tasks: [ReportedTask], _ record: QueueRecord) -> [ReportedHypertable] {
    let windows = Dictionary(grouping: record.windows, by: \.hypertable).mapValues { $0.map(\.time) }
    func shown(_ windows: [TaskBounds], _ type: String?) -> [ReportedHypertable.Window] {
      windows.map { window in
        ReportedHypertable.Window(
          from: TimePoint(window.lower ?? .min, type: type), to: TimePoint(window.upper ?? .max, type: type))
      }
    }
    let names = Dictionary(
      tasks.map { ($0.facts.hypertable, $0.place.place.hypertable) }, uniquingKeysWith: { first, _ in first })
    var found = Dictionary(grouping: tasks, by: \.place.place.hypertable).map { name, tasks in
      let type = tasks.lazy.compactMap(\.facts.timeType).first
      let staged = Set(tasks.map(\.facts.hypertable)).flatMap { windows[$0] ?? [] }
      return ReportedHypertable(
        name: name, isTimed: TimePoint.isTime(type), windows: shown(staged, type), tasks: tasks)
    }
    // Staged, without a chunk in the window.
    found += windows.filter { names[$0.key] == nil }.map { name, windows in
      ReportedHypertable(
        name: record.aggregates[name] ?? name, isTimed: false, windows: shown(windows, nil), tasks: [])
    }
    return found.sorted { $0.name.description < $1.name.description }
  }

  private static func span(_ task: RecordedTask) -> ReportedTask.Span? {
    guard let time = task.time, time.lower != .min, time.upper != .max, time.upper > time.lower else {
      return nil
    }
    return ReportedTask.Span(lower: time.lower, upper: time.upper)
  }

  /// The last thing that a run is known to have done, which never said that it ended.
  private static func lastSign(of run: RecordedRun, _ tasks: [ReportedTask]) -> Timestamp? {
    let works = tasks.lazy.flatMap { task in
      [
        task.copiedBy == run.id ? task.facts.copied?.ended : nil,
        task.verifiedBy == run.id ? task.facts.verified?.ended : nil,
      ]
    }
    return works.compactMap { $0 }.max()
  }
}

extension QueueRecord {
  fileprivate func place(_ task: RecordedTask) -> TaskPlace {
    TaskPlace(
      priority: task.priority, chunk: task.chunk,
      place: ChunkPlace(
        hypertable: aggregates[task.targetHypertable] ?? task.targetHypertable,
        from: task.time.map { TimePoint($0.lower, type: task.timeType) },
        to: task.time.map { TimePoint($0.upper, type: task.timeType) }), part: task.part)
  }
}

extension TimePoint {
  /// Whether values of a type are microseconds.
  static func isTime(_ type: String?) -> Bool {
    switch TimePoint(0, type: type) {
    case .time, .localTime, .date: true
    case .beginning, .end, .number: false
    }
  }
}

/// Tells which runs have done tasks.
struct Doers {
  private let byName: [String: Int64]
  private let unnamed: [RecordedRun]

  init(_ runs: [RecordedRun]) {
    byName = Dictionary(
      runs.compactMap { run in run.name.map { ($0, run.id) } }, uniquingKeysWith: { first, _ in first })
    unnamed = runs.filter { $0.name == nil }
  }

  func run(named name: String?) -> Int64? { name.flatMap { byName[$0] } }

  /// Of a task that names none, as an earlier version did it, the only run of that command that was at work then.
  func run(of work: RecordedTask.Work?, _ command: String) -> Int64? {
    guard let work else { return nil }
    if let name = work.run { return byName[name] }
    guard let end = work.ended else { return nil }
    let candidates = unnamed.filter { run in
      guard run.command == command, let started = run.started, started <= end else { return false }
      return run.ended.map { $0 >= end } ?? true
    }
    return candidates.count == 1 ? candidates[0].id : nil
  }
}
