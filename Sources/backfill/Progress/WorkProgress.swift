import BackfillCommands

/// How far a run is, by what its chunks were expected to hold: some are a thousand times as large as others. Where that
/// isn't known, by their number.
struct WorkProgress {
  /// What tasks in flight have done, all together.
  struct InFlight {
    /// Of what was expected of them.
    var bytes: Int64 = 0
    /// Tasks past what each takes whatever its size.
    var tasks = 0
    /// How long these have been at what takes longer for larger ones.
    var busy = Duration.zero
    /// What is left of each, and the bytes a second that it is done at; nil where that can't be told.
    var rests: [(bytes: Int64, rate: Double?)] = []
  }

  private var workload = Workload(tasks: 0)
  private(set) var began = Duration.zero
  /// Tasks that are done, and those that failed.
  private var settled = 0
  private var failed = 0
  /// What the queue expected of tasks that are done, of those that failed, and of those that moved something; and what
  /// these moved.
  private(set) var doneBytes: Int64 = 0
  private var failedBytes: Int64 = 0
  private var movedExpected: Int64 = 0
  private var moved: Int64 = 0
  /// How long finished tasks took for what takes as long for all of them, and for what goes by their size.
  private var fixedTime = Duration.zero
  private var busyTime = Duration.zero
  private var timedTasks = 0
  private var timedBytes: Int64 = 0
  private var past: [Point] = []

  /// How far the run was at some time.
  private struct Point {
    var time: Duration
    var bytes: Int64
    var tasks: Int
  }

  /// Before that much time, and that part of the work, nothing is said of the rest.
  private static let leastTime = Duration.seconds(5)
  private static let leastPart = 0.02
  private static let leastTasks = 3
  /// Of a longer run only the last half of this counts.
  private static let longRun = Duration.seconds(1800)

  mutating func begin(_ workload: Workload, at time: Duration) {
    self.workload = workload
    began = time
  }

  /// - Parameters:
  ///   - fixed: how long the task took for what takes as long for all of them, such as looking at the chunk.
  ///   - busy: the rest of its time.
  mutating func finish(
    expected: Int64?, moved bytes: Int64, fixed: Duration = .zero, busy: Duration = .zero
  ) {
    settled += 1
    doneBytes += expected ?? 0
    if let expected, busy > .zero {
      fixedTime += fixed
      busyTime += busy
      timedTasks += 1
      timedBytes += expected
    }
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

  /// The part of everything that is done, earlier runs' work included; 1 is all of it. nil where there is nothing.
  func fraction(_ inFlight: InFlight) -> Double? {
    let done: Double
    let all: Double
    if let bytes = workload.bytes, let before = workload.bytesBefore, bytes + before > 0 {
      (done, all) = (Double(before + doneBytes + inFlight.bytes), Double(before + bytes))
    } else {
      done = Double(workload.tasksBefore + settled - failed)
      all = Double(workload.tasksBefore + max(workload.tasks, settled))
    }
    return all > 0 ? min(1, done / all) : nil
  }

  /// How many bytes will have been moved in the end, if the rest is to what was expected of it as what was moved so far.
  func allBytes(moved: Int64, _ inFlight: InFlight) -> Int64? {
    let done = doneBytes + inFlight.bytes
    guard let bytes = workload.bytes, moved > 0, done > 0 else { return nil }
    let rest = Double(max(0, bytes - failedBytes - done)) * Double(moved) / Double(done)
    return moved + (Int64(exactly: rest.rounded()) ?? 0)
  }
}

extension WorkProgress {
  /// How long the rest takes, and what that is reckoned by.
  struct Rest: Equatable {
    var left: Duration
    var basis: Basis
  }

  enum Basis {
    case bytes
    /// Their number, as nobody knows their sizes.
    case chunks
  }

  /// If the rest goes as fast; nil while too little is done to tell, and where nothing is left.
  ///
  /// What was done is counted in bytes, with so many more for each task as could have been moved in the time that every
  /// task takes whatever its size. How fast it went is the mean of the whole run and of its second half, or after half an
  /// hour what the last quarter of an hour was like.
  mutating func rest(at time: Duration, _ inFlight: InFlight) -> Rest? {
    let left = workload.tasks - settled
    guard left > 0 else { return nil }
    guard let bytes = workload.bytes else {
      guard settled >= Self.leastTasks else { return nil }
      return Rest(left: (time - began) / settled * left, basis: .chunks)
    }
    let cost = taskCost(inFlight)
    let now = Point(
      time: time, bytes: doneBytes + failedBytes + inFlight.bytes, tasks: settled + inFlight.tasks)
    note(now)
    let done = Self.units(from: Point(time: began, bytes: 0, tasks: 0), to: now, cost)
    let rest = Self.units(
      from: now, to: Point(time: time, bytes: max(now.bytes, bytes), tasks: workload.tasks), cost)
    guard time - began >= Self.leastTime, done >= Self.leastPart * (done + rest) else { return nil }
    let pace = pace(to: now, done, cost)
    guard pace > 0 else { return nil }
    let together = rest / pace
    // What workers share towards the end, when some have nothing left to do, can't be known before.
    let alone = alone(inFlight, waiting: left - inFlight.rests.count, bytes: max(0, bytes - now.bytes)) ?? 0
    return Rest(left: .seconds(max(together, (2 * together + alone) / 3)), basis: .bytes)
  }

  /// How long the rest takes if each worker keeps its own rate, near the end, where that is more: some of them have nothing
  /// left to do then.
  ///
  /// - Parameters:
  ///   - waiting: tasks that no worker has yet.
  ///   - bytes: of these and of what is left of those in flight.
  /// - Returns: seconds; nil where too many tasks wait for this to matter, and where no rate is known.
  private func alone(_ inFlight: InFlight, waiting: Int, bytes: Int64) -> Double? {
    let rates = inFlight.rests.compactMap(\.rate)
    guard !rates.isEmpty, waiting <= inFlight.rests.count * 2 else { return nil }
    let usual = rates.reduce(0, +) / Double(rates.count)
    var ends = inFlight.rests.map { Double($0.bytes) / ($0.rate ?? usual) }
    let others = max(0, bytes - inFlight.rests.reduce(0) { $0 + $1.bytes })
    for _ in 0..<max(0, waiting) {
      guard let first = ends.indices.min(by: { ends[$0] < ends[$1] }) else { break }
      ends[first] += Double(others) / Double(waiting) / usual
    }
    return ends.max()
  }

  /// Units a second.
  private func pace(to now: Point, _ done: Double, _ cost: Double) -> Double {
    let elapsed = now.time - began
    let average = done / (elapsed / .seconds(1))
    let span = max(Self.leastTime, min(elapsed, Self.longRun) / 2)
    guard let then = past.last(where: { $0.time <= now.time - span }) else { return average }
    let recent = Self.units(from: then, to: now, cost) / ((now.time - then.time) / .seconds(1))
    guard recent > 0 else { return average }
    return elapsed < Self.longRun ? (average + recent) / 2 : recent
  }

  private static func units(from: Point, to: Point, _ cost: Double) -> Double {
    max(0, Double(to.bytes - from.bytes)) + Double(max(0, to.tasks - from.tasks)) * cost
  }

  /// What a task takes whatever its size, as bytes that could have been moved instead.
  private func taskCost(_ inFlight: InFlight) -> Double {
    let busy = (busyTime + inFlight.busy) / .seconds(1)
    let bytes = Double(timedBytes + inFlight.bytes)
    guard timedTasks > 0, busy > 0, bytes > 0 else { return 0 }
    return fixedTime / .seconds(1) / Double(timedTasks) * bytes / busy
  }

  /// Keeps so many points that they are some percent of the run apart, however often it is asked.
  private mutating func note(_ now: Point) {
    let pause = max(.milliseconds(250), (now.time - began) / 200)
    if let last = past.last, now.time < last.time + pause { return }
    past.append(now)
  }
}
