/// What time a server's clock shows, beside this machine's.
public struct ServerClock: Sendable, Equatable {
  /// How far it is ahead of a clock of this process that only goes on.
  public let offset: Duration
  /// The most by which `offset` may be wrong.
  public let uncertainty: Duration

  public init(offset: Duration, uncertainty: Duration) {
    self.offset = offset
    self.uncertainty = uncertainty
  }

  /// The least that the clocks differ by; nil where they may be equal.
  public func difference(from other: ServerClock) -> Duration? {
    let difference = offset - other.offset
    let least = max(difference, .zero - difference) - uncertainty - other.uncertainty
    return least > .zero ? least : nil
  }

  /// - Parameter start: the same for all that are to be compared.
  /// - Throws: `PostgresError`.
  public static func read(
    since start: ContinuousClock.Instant, on connection: borrowing Connection
  ) throws(PostgresError) -> ServerClock {
    let asked = start.duration(to: .now)
    let shown = try connection.query(
      "SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::int8 AS time",
      doing: "reading the server's clock"
    ) { row throws(PostgresError) in try row.integer("time") }
    let half = (start.duration(to: .now) - asked) / 2
    return ServerClock(offset: .microseconds(shown.first ?? 0) - asked - half, uncertainty: half)
  }
}
