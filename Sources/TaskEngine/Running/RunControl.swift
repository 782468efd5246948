internal import ChunkCatalog
public import Postgres
import Synchronization
public import Waiting

/// Why a run stops by itself before its work is done.
public enum HaltReason: Sendable, Equatable {
  /// Every further task would fail as one has.
  case diskFull(Side)
  /// A task failed, and one failure was to end the run.
  case taskFailed
}

extension TaskFailure {
  /// Set when the other tasks would fail in the same way, so that the run had better stop.
  var stopsRun: HaltReason? {
    guard let error, error.sqlState == SQLState.diskFull else { return nil }
    return .diskFull(error.side)
  }
}

/// What all workers of a run look at before and while they work: whether to go on, how many of them, and how fast.
public final class RunControl: Sendable {
  public let interrupt: Interrupt
  public let retry: RetryPolicy
  /// One failed task ends the run.
  public let failsFast: Bool
  let throttle: Throttle?
  private let halted = Mutex<HaltReason?>(nil)
  private let wanted: Atomic<Int>
  private let exhausted = Atomic<Bool>(false)
  private let losses = Mutex<[Int64: Losses]>([:])
  private let latencies = Mutex<[Double]>([])

  /// - Parameters:
  ///   - parallelism: workers at first.
  ///   - maxRate: bytes per second that all workers together may read; nil for no limit.
  public init(
    interrupt: Interrupt, parallelism: Int, retry: RetryPolicy = RetryPolicy(), failsFast: Bool = false,
    maxRate: Int64? = nil
  ) {
    self.interrupt = interrupt
    self.retry = retry
    self.failsFast = failsFast
    throttle = maxRate.map { Throttle(bytesPerSecond: $0) }
    wanted = Atomic(max(1, parallelism))
  }

  /// No new task is to be begun.
  public var isStopping: Bool { interrupt.stage != .running || haltReason != nil }

  /// Why the run stops by itself; nil while it doesn't.
  public var haltReason: HaltReason? { halted.withLock { $0 } }

  /// Makes the run end as a first signal does: what is in flight finishes. The first reason stays.
  public func halt(_ reason: HaltReason) {
    halted.withLock { if $0 == nil { $0 = reason } }
  }

  /// A worker has found nothing left to claim.
  var nothingIsLeft: Bool {
    get { exhausted.load(ordering: .relaxed) }
    set { exhausted.store(newValue, ordering: .relaxed) }
  }

  /// Sessions that were lost with one task in flight.
  private struct Losses {
    var count = 0
    var outage: RetryPolicy.Outage
  }

  /// Lost sessions after which the task itself is taken for the reason: one that crashes a server, say, would take
  /// everybody's sessions down for ever.
  private static let lossesPerTask = 5

  /// Notes that a session was lost while it had a task.
  ///
  /// - Returns: whether to leave the task alone from now on.
  func noteLoss(of task: Int64) -> Bool {
    losses.withLock { losses in
      var known = losses[task] ?? Losses(outage: RetryPolicy.Outage(retry))
      known.count += 1
      let isInTime = known.outage.wait(now: .now, random: 0) != nil
      losses[task] = known
      return known.count >= Self.lossesPerTask || !isInTime
    }
  }

  /// How long a session that was lost is waited for, until its server has noticed: longer than the keepalives
  /// (`SessionSettings`) let it live.
  public var timeOfLostSessions: Duration { min(.seconds(120), retry.budget) }

  /// Waits before another try, unless that turns out to be needless.
  func pause(_ duration: Duration, unless isNeedless: () -> Bool) {
    let end = ContinuousClock.now + duration
    while !isStopping, !isNeedless() {
      let left = end - .now
      guard left > .zero else { return }
      interrupt.sleep(min(left, .milliseconds(100)), until: .draining)
    }
  }

  /// Notes how long the source took to describe a chunk.
  public func noteSourceLatency(_ duration: Duration) {
    latencies.withLock { $0.append(duration / .seconds(1)) }
  }

  /// The median of what was noted since it was last taken, in seconds; nil when nothing was.
  public func takeSourceLatency() -> Double? {
    let noted = latencies.withLock { noted in
      defer { noted = [] }
      return noted.sorted()
    }
    return noted.isEmpty ? nil : noted[noted.count / 2]
  }

  /// Keeps to the rate after bytes have gone over the wire. While others are locked out nothing is waited for: what is
  /// due then is waited for before the next task.
  func pace(after bytes: Int, lockingOut: Bool, until stage: Interrupt.Stage = .cancelled) {
    guard let wait = throttle?.delay(after: bytes, now: .now), wait > .zero, !lockingOut else { return }
    interrupt.sleep(wait, until: stage)
  }

  /// Counts bytes for the rate without waiting for it: the next `pace` does.
  func notePace(after bytes: Int64) {
    guard bytes > 0 else { return }
    _ = throttle?.delay(after: Int(bytes), now: .now)
  }

  /// How many workers there should be; may be changed at any time.
  public var parallelism: Int {
    get { wanted.load(ordering: .relaxed) }
    set { wanted.store(max(1, newValue), ordering: .relaxed) }
  }
}

/// Keeps the workers of a run together under a number of bytes per second, by making those wait that are ahead.
final class Throttle: Sendable {
  private let rate: Double
  /// When what was let through so far would have arrived at exactly the rate.
  private let due: Mutex<ContinuousClock.Instant>

  init(bytesPerSecond: Int64) {
    rate = Double(max(1, bytesPerSecond))
    due = Mutex(.now)
  }

  /// How long whoever has just moved `bytes` has to wait. A quiet time earns at most a tenth of a second of haste.
  func delay(after bytes: Int, now: ContinuousClock.Instant) -> Duration {
    due.withLock { due in
      let earliest = now - .milliseconds(100)
      if due < earliest { due = earliest }
      due += .seconds(Double(bytes) / rate)
      return max(.zero, due - now)
    }
  }
}
