public import ChunkCatalog
public import Postgres

/// What `report` tells: a whole migration, as the queue on the target recorded it.
public struct MigrationReport: Sendable {
  /// The server's clock when it was read.
  public var now: Timestamp
  /// As of the newest run that noted it; nil where none did.
  public var source: RecordedDatabase?
  public var target: RecordedDatabase
  /// When the first staging was.
  public var created: Timestamp?
  /// By name.
  public var hypertables: [ReportedHypertable] = []
  /// In the order in which they began.
  public var runs: [ReportedRun] = []
  /// In the order in which they happened.
  public var incidents: [ReportedIncident] = []

  public init(now: Timestamp, target: RecordedDatabase) {
    self.now = now
    self.target = target
  }

  /// What it comes to.
  public enum Verdict: String, Sendable {
    case empty
    case verified
    case differing
    case failed
    /// All is copied, and not all of it verified.
    case unverified
    case unfinished
  }

  public var verdict: Verdict {
    let totals = totals
    if totals.tasks == 0 { return .empty }
    if totals[.differing] > 0 { return .differing }
    if totals[.failed] > 0 { return .failed }
    if totals[.pending] > 0 { return .unfinished }
    return totals[.copied] > 0 ? .unverified : .verified
  }

  public var totals: ReportedTotals { ReportedTotals(hypertables.lazy.flatMap(\.tasks)) }

  /// From the first staging to the last thing that was done; nil where nothing was.
  public var period: (began: Timestamp, ended: Timestamp)? {
    let starts = runs.compactMap(\.record.started) + [created].compactMap { $0 }
    let works = hypertables.lazy.flatMap(\.tasks).flatMap {
      [$0.facts.copied?.ended, $0.facts.verified?.ended]
    }
    let ends = runs.compactMap(\.record.ended) + works.compactMap { $0 }
    guard let began = starts.min(), let ended = ends.max(), ended >= began else { return nil }
    return (began, ended)
  }

  /// How long commands were at work: runs side by side count once.
  public var worked: Duration {
    let spans = runs.compactMap { run -> (Timestamp, Timestamp)? in
      guard let start = run.record.started, let end = run.end, end > start else { return nil }
      return (start, end)
    }
    var sum = Duration.zero
    var reached: Timestamp?
    for (start, end) in spans.sorted(by: { $0.0 < $1.0 }) {
      let from = max(start, reached ?? start)
      if end > from { sum += end.since(from) }
      reached = max(end, reached ?? end)
    }
    return sum
  }
}

/// A hypertable or continuous aggregate.
public struct ReportedHypertable: Sendable {
  /// What users call it.
  public var name: QualifiedName
  /// Its time is a date or a timestamp; else it is a number, or not known.
  public var isTimed: Bool
  /// What was staged of its time.
  public var windows: [Window]
  /// In the order of work.
  public var tasks: [ReportedTask]

  public init(name: QualifiedName, isTimed: Bool, windows: [Window] = [], tasks: [ReportedTask]) {
    self.name = name
    self.isTimed = isTimed
    self.windows = windows
    self.tasks = tasks
  }

  /// `from <= time < to`
  public struct Window: Sendable, Equatable {
    public var from: TimePoint
    public var to: TimePoint

    public init(from: TimePoint, to: TimePoint) {
      self.from = from
      self.to = to
    }
  }

  public var totals: ReportedTotals { ReportedTotals(tasks) }
}

/// A task, the hypertable as users call it, and the runs that have done it.
public struct ReportedTask: Sendable, Equatable {
  public var facts: RecordedTask
  public var place: TaskPlace
  /// In microseconds since 1970, or as the number that it is; nil where it isn't known, or has no end.
  public var time: Span?
  /// Ids of runs; nil where that isn't known.
  public var copiedBy: Int64?
  public var verifiedBy: Int64?

  public struct Span: Sendable, Equatable {
    public var lower: Int64
    public var upper: Int64

    public init(lower: Int64, upper: Int64) {
      self.lower = lower
      self.upper = upper
    }
  }

  public init(
    _ facts: RecordedTask, place: TaskPlace, time: Span? = nil, copiedBy: Int64? = nil,
    verifiedBy: Int64? = nil
  ) {
    self.facts = facts
    self.place = place
    self.time = time
    self.copiedBy = copiedBy
    self.verifiedBy = verifiedBy
  }

  /// How long copying took, the last time.
  public var copyDuration: Duration? { facts.copied?.duration }
}

extension RecordedTask.Work {
  public var duration: Duration? {
    guard let began, let ended, ended >= began else { return nil }
    return ended.since(began)
  }
}

/// A run, and what the queue says of it through its tasks.
public struct ReportedRun: Sendable, Equatable {
  public var record: RecordedRun
  /// When it ended; of one that never said so, when it did the last thing that is known.
  public var end: Timestamp?

  public init(record: RecordedRun, end: Timestamp?) {
    self.record = record
    self.end = end
  }
}

/// How many tasks are in each state, and what they had.
public struct ReportedTotals: Sendable, Equatable {
  public private(set) var tasks = 0
  /// Whatever was found of them since.
  public private(set) var copied = 0
  public private(set) var rows: Int64 = 0
  public private(set) var bytes: Int64 = 0
  private var states: [RecordedTask.State: Int] = [:]

  public init(_ tasks: some Sequence<ReportedTask>) {
    for task in tasks {
      self.tasks += 1
      states[task.facts.state, default: 0] += 1
      if task.facts.copied != nil { copied += 1 }
      rows += task.facts.rows ?? 0
      bytes += task.facts.bytes ?? 0
    }
  }

  public subscript(_ state: RecordedTask.State) -> Int { states[state] ?? 0 }
}

/// A failure or a difference, and what became of it.
public struct ReportedIncident: Sendable, Equatable {
  public var facts: RecordedIncident
  public var place: TaskPlace
  /// The run's id; nil where that isn't known.
  public var run: Int64?
  public var resolution: Resolution

  public enum Resolution: Sendable, Equatable {
    /// Still as it was.
    case open
    /// To be copied anew, and not copied since.
    case pending
    /// Copied since, and not compared since.
    case copied(by: Int64?, at: Timestamp)
    /// Found equal since.
    case verified(by: Int64?, at: Timestamp)
    /// It happened again later.
    case repeated
    /// The task was taken out of the queue.
    case removed
  }

  public init(_ facts: RecordedIncident, place: TaskPlace, run: Int64?, resolution: Resolution) {
    self.facts = facts
    self.place = place
    self.run = run
    self.resolution = resolution
  }

  public var isOpen: Bool { resolution == .open }
}
