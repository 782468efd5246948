import BackfillCommands
import ChunkCatalog
import Postgres

/// Where the tasks of a hypertable stand on its time: on one line, or on several of equal length (a year, a week) where
/// they would be too narrow to be seen. Lines without a task are left out.
struct TimeAxis {
  struct Line: Equatable {
    var label: String
    var start: Int64
    /// The lines between this one and the one before have no tasks.
    var followsGap = false
  }

  /// A place on a line, from 0 at its beginning to 1 at its end.
  struct Tick: Equatable {
    var place: Double
    var label: String
  }

  /// A part of a task's time, as wide as it is on one line.
  struct Piece: Equatable {
    var line: Int
    var lower: Double
    var upper: Double
  }

  struct Mark: Equatable {
    /// In the hypertable's tasks.
    var task: Int
    /// Tasks of the same time, as of several space partitions, lie side by side in lanes.
    var lane: Int
    var pieces: [Piece]
  }

  private(set) var lines: [Line] = []
  private(set) var ticks: [Tick] = []
  private(set) var marks: [Mark] = []
  private(set) var lanes = 1
  /// nil where there is only one line.
  private(set) var period: Period?
  /// Tasks whose time isn't known, or has no end.
  private(set) var unplaced = 0

  /// More tasks than this on a line couldn't be told apart.
  static let tasksPerLine = 370.0
  private static let laneLimit = 64

  init(_ hypertable: ReportedHypertable) {
    let isTime = hypertable.isTimed
    let spans = Self.spans(hypertable.tasks)
    unplaced = hypertable.tasks.count - spans.count
    guard let lower = spans.map(\.lower).min(), let upper = spans.map(\.upper).max() else { return }
    let length = Double(upper) - Double(lower)
    let usual = spans.map { Double($0.upper) - Double($0.lower) }.sorted()[spans.count / 2]
    if length / usual <= Self.tasksPerLine {
      lines = [Line(label: "", start: lower)]
      ticks = Self.ticks(from: lower, to: upper, isTime: isTime)
      place(spans) { span in
        [
          Piece(
            line: 0, lower: Self.share(span.lower, lower, length),
            upper: Self.share(span.upper, lower, length))
        ]
      }
    } else {
      breakLines(spans, usual: usual, isTime: isTime)
    }
  }

  struct Span {
    var task: Int
    var lower: Int64
    var upper: Int64
  }

  private static func spans(_ tasks: [ReportedTask]) -> [Span] {
    tasks.enumerated().compactMap { index, task in
      task.time.map { Span(task: index, lower: $0.lower, upper: $0.upper) }
    }
  }

  private static func share(_ value: Int64, _ start: Int64, _ length: Double) -> Double {
    (Double(value) - Double(start)) / length
  }

  /// The longest lines whose tasks can still be told apart.
  private mutating func breakLines(_ spans: [Span], usual: Double, isTime: Bool) {
    let periods = isTime ? Period.ofTime : Period.ofNumbers
    let period = periods.last { $0.length / usual <= Self.tasksPerLine } ?? periods[0]
    let starts = Set(spans.flatMap { Self.steps(of: period, from: $0.lower, to: $0.upper) }).sorted()
    self.period = period
    for start in starts {
      let isNext = lines.last.flatMap { period.next(after: $0.start) } == start
      lines.append(
        Line(
          label: period.label(start, isTime: isTime), start: start, followsGap: !lines.isEmpty && !isNext))
    }
    ticks = Self.ticks(within: period, isTime: isTime)
    let index = Dictionary(uniqueKeysWithValues: starts.enumerated().map { ($1, $0) })
    place(spans) { span in
      Self.steps(of: period, from: span.lower, to: span.upper).map { start in
        let end = period.next(after: start) ?? .max
        return Piece(
          line: index[start] ?? 0, lower: Self.share(max(span.lower, start), start, period.length),
          upper: Self.share(min(span.upper, end), start, period.length))
      }
    }
  }

  /// Where the steps begin that a span touches. A span of very many is cut short.
  private static func steps(of period: Period, from lower: Int64, to upper: Int64) -> [Int64] {
    var starts: [Int64] = []
    var start = period.start(of: lower)
    while let step = start, step < upper, starts.count < 1000 {
      starts.append(step)
      start = period.next(after: step)
    }
    return starts
  }

  private mutating func place(_ spans: [Span], _ pieces: (Span) -> [Piece]) {
    var ends: [Int64] = []
    for span in spans.sorted(by: { ($0.lower, $0.task) < ($1.lower, $1.task) }) {
      let lane = ends.firstIndex { $0 <= span.lower } ?? min(ends.count, Self.laneLimit - 1)
      if lane == ends.count { ends.append(span.upper) } else { ends[lane] = max(ends[lane], span.upper) }
      marks.append(Mark(task: span.task, lane: lane, pieces: pieces(span)))
    }
    lanes = max(1, ends.count)
  }
}

extension TimeAxis {
  /// A few round values on one line.
  static func ticks(from lower: Int64, to upper: Int64, isTime: Bool) -> [Tick] {
    let length = Double(upper) - Double(lower)
    let periods = isTime ? Period.ofTime : Period.ofNumbers
    let period = periods.first { length / $0.length <= 8 } ?? periods[periods.count - 1]
    let starts = steps(of: period, from: lower, to: upper).filter { $0 >= lower }
    return starts.map { Tick(place: share($0, lower, length), label: period.label($0, isTime: isTime)) }
  }

  /// What is the same on all lines: months of a year, hours of a day.
  static func ticks(within period: Period, isTime: Bool) -> [Tick] {
    func evenly(_ labels: [String]) -> [Tick] {
      labels.enumerated().map { Tick(place: Double($0) / Double(labels.count), label: $1) }
    }
    guard isTime, period.length > Double(Period.second) else {
      return evenly((0..<5).map { "+" + Quantity.grouped(Int64(period.length / 5) * Int64($0)) })
    }
    switch period {
    case .months(1): return [1, 8, 15, 22, 29].map { Tick(place: Double($0 - 1) / 31, label: "\($0)") }
    case .months(3): return evenly(["1st month", "2nd month", "3rd month"])
    case .months(12): return evenly(months)
    case .months(let count):
      let step = count / 12 / 5
      return evenly((0..<5).map { "+\(Int64($0) * step) years" })
    case .week: return evenly(["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"])
    case .fixed(let length, _):
      return evenly((0..<4).map { "+" + Quantity.briefTime(.microseconds(length / 4 * Int64($0))) })
    }
  }

  private static let months = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]
}
