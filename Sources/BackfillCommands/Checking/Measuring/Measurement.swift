/// How far away and how fast both servers are.
public struct Measurement: Sendable, Equatable {
  /// What some sessions at once came to.
  public struct Rate: Sendable, Equatable {
    public var sessions: Int
    /// Of all of them.
    public var bytesPerSecond: Double

    public init(sessions: Int, bytesPerSecond: Double) {
      self.sessions = sessions
      self.bytesPerSecond = bytesPerSecond
    }
  }

  /// Of a small question, as a rule.
  public var sourceRoundTrip: Duration
  public var targetRoundTrip: Duration
  /// Of the source's rows, with more and more sessions. Empty where it has none.
  public var reading: [Rate]
  /// Into tables without indexes; nil where the role may not make temporary ones.
  public var writing: [Rate]?
  /// That are to be copied.
  public var bytes: Int64

  public init(
    sourceRoundTrip: Duration, targetRoundTrip: Duration, reading: [Rate], writing: [Rate]?, bytes: Int64
  ) {
    self.sourceRoundTrip = sourceRoundTrip
    self.targetRoundTrip = targetRoundTrip
    self.reading = reading
    self.writing = writing
    self.bytes = bytes
  }

  /// What the slower side allows, for each number of sessions that both were tried with.
  public var together: [Rate] {
    guard let writing else { return reading }
    return zip(reading, writing).map {
      Rate(sessions: $0.sessions, bytesPerSecond: min($0.bytesPerSecond, $1.bytesPerSecond))
    }
  }

  /// The number beyond which there is little to gain; nil where nothing was read.
  public var best: Rate? {
    var best: Rate?
    for rate in together where rate.bytesPerSecond > (best?.bytesPerSecond ?? 0) * Self.worthwhile {
      best = rate
    }
    return best
  }

  /// By how much more sessions have to be faster.
  static let worthwhile = 1.15

  /// How long copying takes at that, without what indexes take.
  public var duration: Duration? {
    best.map { .seconds(Double(bytes) / max($0.bytesPerSecond, 1)) }
  }
}
