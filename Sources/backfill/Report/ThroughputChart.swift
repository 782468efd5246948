import BackfillCommands
import ChunkCatalog
import Postgres

/// How fast a run was, and what each of its workers did when, from what its tasks have noted. A task's bytes count evenly
/// from its beginning to its end.
struct ThroughputChart {
  /// The server's process that worked for a worker; nil where the queue doesn't tell, and tasks are laid side by side.
  struct Worker: Equatable {
    var backend: Int64?
    /// From 0 at the run's beginning to 1 at its end.
    var spans: [ClosedRange<Double>]
  }

  let start: Timestamp
  let end: Timestamp
  /// Bytes per second, over equal parts of the run's time.
  private(set) var rates: [Double] = []
  private(set) var workers: [Worker] = []
  private(set) var tasks = 0

  static let parts = 160
  static let workerLimit = 64

  /// nil where no task is known that the run has done.
  init?(_ run: ReportedRun, _ tasks: [ReportedTask]) {
    let verifies = run.record.command == "verify"
    let works = tasks.compactMap {
      task -> (work: RecordedTask.Work, began: Timestamp, ended: Timestamp, bytes: Int64)? in
      let (work, doer) =
        verifies ? (task.facts.verified, task.verifiedBy) : (task.facts.copied, task.copiedBy)
      guard doer == run.record.id, let work, let began = work.began, let ended = work.ended, ended >= began
      else { return nil }
      return (work, began, ended, task.facts.bytes ?? 0)
    }
    guard let first = works.map(\.began).min(), let last = works.map(\.ended).max() else { return nil }
    start = run.record.started.map { min($0, first) } ?? first
    let ends = max(run.end ?? last, last)
    end = ends > start ? ends : start.advanced(by: .milliseconds(1))
    self.tasks = works.count
    rates = [Double](repeating: 0, count: Self.parts)
    for work in works { add(work.bytes, place(work.began)...place(work.ended)) }
    let groups = Dictionary(grouping: works) { $0.work.backend }
    for (backend, works) in groups.sorted(by: { ($0.key ?? .max) < ($1.key ?? .max) }) {
      let spans = works.map { place($0.began)...place($0.ended) }.sorted { $0.lowerBound < $1.lowerBound }
      workers += backend == nil ? Self.sideBySide(spans) : [Worker(backend: backend, spans: spans)]
    }
    workers.sort { ($0.spans.first?.lowerBound ?? 0) < ($1.spans.first?.lowerBound ?? 0) }
  }

  var duration: Duration { end.since(start) }
  var peak: Double { rates.max() ?? 0 }

  private func place(_ time: Timestamp) -> Double {
    min(1, max(0, time.since(start) / end.since(start)))
  }

  private mutating func add(_ bytes: Int64, _ span: ClosedRange<Double>) {
    let parts = Double(Self.parts)
    let seconds = duration / .seconds(1) / parts
    let (lower, upper) = (span.lowerBound * parts, span.upperBound * parts)
    let first = min(Self.parts - 1, Int(lower))
    let last = min(Self.parts - 1, max(first, Int(upper)))
    for part in first...last {
      let share =
        upper > lower ? max(0, min(upper, Double(part + 1)) - max(lower, Double(part))) / (upper - lower) : 1
      rates[part] += Double(bytes) * share / seconds
    }
  }

  /// As few lanes as it takes, so that no two spans lie over each other.
  private static func sideBySide(_ spans: [ClosedRange<Double>]) -> [Worker] {
    var lanes: [Worker] = []
    for span in spans {
      let free = lanes.firstIndex { ($0.spans.last?.upperBound ?? 0) <= span.lowerBound }
      if let free {
        lanes[free].spans.append(span)
      } else if lanes.count < workerLimit {
        lanes.append(Worker(backend: nil, spans: [span]))
      }
    }
    return lanes
  }
}

extension ThroughputChart {
  /// The rate as a surface, in a space of 1000 by `height`.
  func surface(upTo most: Double, height: Double) -> SVGPath {
    var path = SVGPath()
    path.move(to: 0, height)
    for (part, rate) in rates.enumerated() {
      path.vertical(to: height - height * min(1, rate / most))
      path.horizontal(to: 1000 * Double(part + 1) / Double(Self.parts))
    }
    path.vertical(to: height)
    path.close()
    return path
  }

  /// A worker's tasks as bars; those that can't be told apart are one.
  static func bars(_ worker: Worker, y: Double, height: Double) -> SVGPath {
    var path = SVGPath()
    var open: (lower: Double, upper: Double)?
    for span in worker.spans {
      let (lower, upper) = (1000 * span.lowerBound, 1000 * span.upperBound)
      guard let current = open else {
        open = (lower, upper)
        continue
      }
      if lower - current.upper < 1.5, upper - lower < 3 || current.upper - current.lower < 3 {
        open = (current.lower, max(current.upper, upper))
      } else {
        path.bar(current, y, height)
        open = (lower, upper)
      }
    }
    if let open { path.bar(open, y, height) }
    return path
  }

  var ticks: [TimeAxis.Tick] {
    let found = TimeAxis.ticks(from: start.microseconds, to: end.microseconds, isTime: true)
    guard start.date == end.date else { return found }
    // The day is said once.
    return found.map { tick in
      TimeAxis.Tick(place: tick.place, label: tick.label.split(separator: " ").last.map(String.init) ?? "")
    }
  }
}

extension SVGPath {
  /// With a gap to the next one where there is room for it.
  fileprivate mutating func bar(_ span: (lower: Double, upper: Double), _ y: Double, _ height: Double) {
    let width = span.upper - span.lower
    rectangle(x: span.lower, y: y, width: max(0.8, width > 3 ? width - 0.8 : width), height: height)
  }
}
