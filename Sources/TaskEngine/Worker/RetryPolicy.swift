/// How long and how often something is tried again that time may heal.
///
/// Waits grow with decorrelated jitter: each is drawn between the base and three times the one before, up to the cap, so
/// that many workers that lost the same server don't come back all at once
/// (https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/).
public struct RetryPolicy: Sendable {
  /// How long one outage may last before giving up, counted from its first failure.
  public var budget: Duration
  public var base: Duration
  public var cap: Duration

  public init(
    budget: Duration = .seconds(300), base: Duration = .milliseconds(250), cap: Duration = .seconds(15)
  ) {
    self.budget = budget
    self.base = base
    self.cap = cap
  }

  /// One outage: from its first failure to the next success.
  public struct Outage: Sendable {
    private let policy: RetryPolicy
    private var began: ContinuousClock.Instant?
    private var previous: Duration

    public init(_ policy: RetryPolicy) {
      self.policy = policy
      previous = policy.base
    }

    /// How long to wait after one more failure; nil when the budget is used up.
    ///
    /// - Parameter random: a number from 0 up to 1.
    public mutating func wait(now: ContinuousClock.Instant, random: Double) -> Duration? {
      let start = began ?? now
      began = start
      let left = policy.budget - (now - start)
      guard left > .zero else { return nil }
      let span = max(policy.base, previous * 3) - policy.base
      previous = min(policy.cap, policy.base + span * random)
      return min(previous, left)
    }

    /// The outage is over.
    public mutating func end() {
      began = nil
      previous = policy.base
    }
  }
}
