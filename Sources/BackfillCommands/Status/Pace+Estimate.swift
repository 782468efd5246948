import ChunkCatalog
import Postgres

/// How many bytes there will have been. Staging noted how much a task has on disk, and that isn't what goes over the
/// network: what was found of the tasks that are copied tells how the one becomes the other, for each hypertable by
/// itself where it has such tasks.
struct SizeEstimate {
  private let overall: Double

  init(_ hypertables: [HypertableProgress]) {
    let thought = hypertables.reduce(0) { $0 + Double($1.expected.thought) }
    let found = hypertables.reduce(0) { $0 + Double($1.expected.found) }
    overall = thought > 0 ? found / thought : 1
  }

  func progress(_ hypertable: HypertableProgress) -> QueueProgress {
    var progress = QueueProgress()
    progress.tasks = hypertable.tasks
    progress.chunks = hypertable.chunks
    progress.failed = hypertable.failed
    progress.differing = hypertable.differing
    progress.copiedRows = hypertable.copiedRows
    progress.copiedBytes = hypertable.copiedBytes
    progress.unverifiedBytes = hypertable.unverifiedBytes
    let expected = hypertable.expected
    if expected.unknown == 0 {
      let factor = expected.thought > 0 ? Double(expected.found) / Double(expected.thought) : overall
      let left = Int64(exactly: (Double(expected.bytes) * factor).rounded()) ?? 0
      progress.allBytes = hypertable.copiedBytes + left
    }
    return progress
  }
}

extension QueueProgress {
  static func sum(_ parts: [QueueProgress]) -> QueueProgress {
    var sum = QueueProgress()
    sum.allBytes = 0
    for part in parts {
      sum.tasks.add(part.tasks)
      sum.chunks.add(part.chunks)
      sum.failed += part.failed
      sum.differing += part.differing
      sum.copiedRows += part.copiedRows
      sum.copiedBytes += part.copiedBytes
      sum.unverifiedBytes += part.unverifiedBytes
      sum.allBytes = sum.allBytes.flatMap { all in part.allBytes.map { all + $0 } }
    }
    return sum
  }
}

extension HypertableProgress.Done {
  fileprivate mutating func add(_ other: Self) {
    all += other.all
    copied += other.copied
    verified += other.verified
  }
}

extension Pace {
  /// Less than this says nothing of a rate.
  private static let leastWindow = Duration.seconds(1)
  /// As few tasks say nothing of the others.
  private static let leastTasks = 3.0

  /// What is going on now counts, copying before verifying; nil where nothing is, or nothing was done yet.
  init?(_ facts: QueueStatus, _ progress: QueueProgress, _ runs: [RunStatus]) {
    let commands = Set(runs.filter { $0.state == .running }.map(\.command))
    let window = facts.shape.now.since(facts.window)
    guard window >= Self.leastWindow else { return nil }
    let recent = facts.hypertables.map(\.recent)
    if !commands.isDisjoint(with: RecordedRun.copying) {
      let current = facts.sessions.compactMap(\.copy).reduce(0) { $0 + $1.bytes }
      self.init(
        .copying, window, tasks: recent.reduce(0) { $0 + $1.copiedTasks },
        bytes: recent.reduce(0) { $0 + $1.copiedBytes } + facts.recentBytesInFlight,
        tasksLeft: progress.tasks.all - progress.tasks.copied,
        bytesLeft: progress.allBytes.map { max(0, $0 - progress.copiedBytes - current) })
    } else if commands.contains("verify") {
      // A queue of another tool doesn't say how many bytes there are.
      let isKnown = progress.copiedBytes > 0
      self.init(
        .verifying, window, tasks: recent.reduce(0) { $0 + $1.verifiedTasks },
        bytes: recent.reduce(0) { $0 + $1.verifiedBytes },
        tasksLeft: progress.tasks.copied - progress.tasks.verified,
        bytesLeft: isKnown ? progress.unverifiedBytes : nil)
    } else {
      return nil
    }
  }

  private init?(
    _ work: Work, _ window: Duration, tasks: Double, bytes: Double, tasksLeft: Int, bytesLeft: Int64?
  ) {
    guard tasks > 0 || bytes > 0 else { return nil }
    let seconds = window / .seconds(1)
    var left: Duration?
    if let bytesLeft {
      if bytes > 0 { left = .seconds(Double(bytesLeft) / (bytes / seconds)) }
    } else if tasks >= Self.leastTasks {
      left = .seconds(Double(tasksLeft) / (tasks / seconds))
    }
    self.init(
      work: work, window: window, bytesPerSecond: bytes / seconds, left: left,
      basis: bytesLeft == nil ? .tasks : .bytes)
  }
}

extension QueueStatus {
  /// Bytes of chunks that are being loaded, as far as they were within the window if they came evenly.
  fileprivate var recentBytesInFlight: Double {
    sessions.reduce(0) { sum, session in
      guard let copy = session.copy else { return sum }
      guard let begun = session.transactionStarted, begun < window, begun < shape.now else {
        return sum + Double(copy.bytes)
      }
      return sum + Double(copy.bytes) * (shape.now.since(window) / shape.now.since(begun))
    }
  }
}
