public import Postgres
import Synchronization

/// What all workers of a run look at before and while they work: whether to go on, how many of them, and how fast.
public final class RunControl: Sendable {
  public let interrupt: Interrupt
  public let retry: RetryPolicy
  /// One failed task ends the run.
  public let failsFast: Bool
  let throttle: Throttle?
  private let halted = Mutex<String?>(nil)
  private let wanted: Atomic<Int>
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
  public var haltReason: String? { halted.withLock { $0 } }

  /// Makes the run end as a first signal does: what is in flight finishes. The first reason stays.
  public func halt(_ reason: String) {
    halted.withLock { if $0 == nil { $0 = reason } }
  }

  /// Notes how long the source took to describe a chunk.
  func noteSourceLatency(_ duration: Duration) {
    let (seconds, attoseconds) = duration.components
    latencies.withLock { $0.append(Double(seconds) + Double(attoseconds) / 1e18) }
  }

  /// The median of what was noted since it was last taken, in seconds; nil when nothing was.
  public func takeSourceLatency() -> Double? {
    let noted = latencies.withLock { noted in
      defer { noted = [] }
      return noted.sorted()
    }
    return noted.isEmpty ? nil : noted[noted.count / 2]
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
