import Postgres
import TaskEngine

/// What each worker of a run is doing: what it says itself, unless the target's server knows more of its session.
struct WorkerPhases {
  private struct Worker {
    /// The server's process behind its session on the target.
    var process: Int64?
    /// What it said last; nil while it has no task.
    var told: TaskPhase?
    var seen = Sight()
  }

  /// What the server says of a session.
  private struct Sight: Equatable {
    var blockers: [Int64] = []
    var index: Int?
  }

  private var workers: [Int: Worker] = [:]

  mutating func connect(_ worker: Int, process: Int64) { workers[worker] = Worker(process: process) }

  /// The worker has gone on to something else, whatever the server said of what it did before.
  mutating func take(_ worker: Int, _ phase: TaskPhase) -> WorkerPhase {
    workers[worker, default: Worker()].told = phase
    workers[worker]?.seen = Sight()
    return WorkerPhase(phase)
  }

  /// The worker's task is over.
  mutating func end(_ worker: Int) {
    workers[worker]?.told = nil
    workers[worker]?.seen = Sight()
  }

  /// - Returns: what is other than was known, by worker.
  mutating func take(_ activity: OwnActivity) -> [(worker: Int, phase: WorkerPhase)] {
    let sights = Self.sights(of: activity)
    var changes: [(Int, WorkerPhase)] = []
    for number in workers.keys.sorted() {
      guard let worker = workers[number], let told = worker.told else { continue }
      var seen = worker.process.flatMap { sights[$0] } ?? Sight()
      if case .indexing = told {} else { seen.index = nil }
      guard seen != worker.seen else { continue }
      workers[number]?.seen = seen
      changes.append((number, Self.phase(told, seen)))
    }
    return changes
  }

  private static func sights(of activity: OwnActivity) -> [Int64: Sight] {
    var sights: [Int64: Sight] = [:]
    for wait in activity.waits {
      sights[wait.process, default: Sight()].blockers.append(wait.holder.session.process)
    }
    for build in activity.builds { sights[build.process, default: Sight()].index = build.number }
    return sights
  }

  private static func phase(_ told: TaskPhase, _ seen: Sight) -> WorkerPhase {
    if !seen.blockers.isEmpty { return .awaitingLock(processes: seen.blockers) }
    guard case .indexing(let count) = told, let index = seen.index, index > 0 else {
      return WorkerPhase(told)
    }
    return .indexing(number: min(index, count), of: count)
  }
}
