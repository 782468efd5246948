import BackfillCommands

/// How far a run is, by what its chunks were expected to hold: some are a thousand times as large as others. Where that
/// isn't known, by their number.
struct WorkProgress {
  private var workload = Workload(tasks: 0)
  private var began = Duration.zero
  /// Tasks that are done, and those that failed.
  private var settled = 0
  private var failed = 0
  /// What the queue expected of tasks that are done, of those that failed, and of those that moved something; and what
  /// these moved.
  private var doneBytes: Int64 = 0
  private var failedBytes: Int64 = 0
  private var movedExpected: Int64 = 0
  private var moved: Int64 = 0

  /// What a task takes beside its bytes, as bytes: a few round trips, in which tens of megabytes a second could flow.
  private static let taskCost: Int64 = 256 << 10
  /// Before that much time, and that part of the work, nothing is said of the rest.
  private static let leastTime = Duration.seconds(5)
  private static let leastPart = 0.02
  private static let leastTasks = 3

  mutating func begin(_ workload: Workload, at time: Duration) {
    self.workload = workload
    began = time
  }

  mutating func finish(expected: Int64?, moved bytes: Int64) {
    settled += 1
    doneBytes += expected ?? 0
    guard bytes > 0, let expected else { return }
    movedExpected += expected
    moved += bytes
  }

  mutating func fail(expected: Int64?) {
    settled += 1
    failed += 1
    failedBytes += expected ?? 0
  }

  /// What a task in flight has done of what is expected of it. Bytes on the way are others than those in files: finished
  /// tasks tell how the one becomes the other.
  func done(of expected: Int64?, moved bytes: Int64) -> Int64 {
    guard let expected else { return 0 }
    let factor = moved > 0 ? Double(movedExpected) / Double(moved) : 1
    return min(expected, Int64(exactly: (Double(bytes) * factor).rounded()) ?? expected)
  }

  /// Of everything, earlier runs' work included, in percent, rounded down: 100 is all of it. nil where there is nothing.
  ///
  /// - Parameter inFlight: the sum of `done(of:moved:)`.
  func percent(inFlight: Int64) -> Int? {
    let done: Double
    let all: Double
    if let bytes = workload.bytes, let before = workload.bytesBefore, bytes + before > 0 {
      (done, all) = (Double(before + doneBytes + inFlight), Double(before + bytes))
    } else {
      done = Double(workload.tasksBefore + settled - failed)
      all = Double(workload.tasksBefore + max(workload.tasks, settled))
    }
    return all > 0 ? min(100, Int(done / all * 100)) : nil
  }

  /// At this run's average pace; nil while too little is done to tell, and where nothing is left.
  func timeLeft(at time: Duration, inFlight: Int64) -> Duration? {
    let left = workload.tasks - settled
    guard left > 0 else { return nil }
    guard let bytes = workload.bytes else {
      guard settled >= Self.leastTasks else { return nil }
      return (time - began) / settled * left
    }
    let done = doneBytes + failedBytes + inFlight + Int64(settled) * Self.taskCost
    let rest = max(0, bytes - doneBytes - failedBytes - inFlight) + Int64(left) * Self.taskCost
    let elapsed = time - began
    guard elapsed >= Self.leastTime, Double(done) >= Self.leastPart * Double(done + rest) else { return nil }
    return elapsed * (Double(rest) / Double(done))
  }
}
