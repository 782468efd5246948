import Postgres
import TimescaleDB
import Waiting

/// Reads from the source and writes to the target for some seconds each, with one session, two, four and so on. What is
/// written goes into temporary tables, in transactions that are rolled back.
struct Measuring: Sendable {
  let endpoints: Endpoints
  /// To be read, each by one session.
  let relations: [StoredRows]
  let bytes: Int64
  /// The most sessions to try.
  let sessions: Int
  let interrupt: Interrupt

  /// - Throws: `PostgresError`.
  init(
    _ endpoints: Endpoints, _ plan: StagePlan, sessions: Int, _ databases: borrowing Databases,
    interrupt: Interrupt
  ) throws(PostgresError) {
    let largest = plan.work.map(\.chunk).sorted { $0.size > $1.size }.prefix(sessions).filter { $0.size > 0 }
    self.endpoints = endpoints
    relations = try StoredRows.all(
      of: largest.map(\.id), capabilities: databases.sourceInstallation.capabilities, on: databases.source)
    bytes = plan.bytes
    self.sessions = sessions
    self.interrupt = interrupt
  }

  /// For each number of sessions.
  static let time = Duration.milliseconds(1500)

  /// - Throws: `CommandFailure`.
  func run() async throws(CommandFailure) -> Measurement {
    let roundTrips = try await DedicatedThread.run { () throws(CommandFailure) in
      try CommandFailure.converting {
        (try roundTrip(endpoints.source, .source), try roundTrip(endpoints.target, .target))
      }
    }
    let reading =
      relations.isEmpty ? [] : try await climb { number throws(CommandFailure) in try read(number) } ?? []
    return Measurement(
      sourceRoundTrip: roundTrips.0, targetRoundTrip: roundTrips.1, reading: reading,
      writing: try await climb { _ throws(CommandFailure) in try write() }, bytes: bytes)
  }

  private func session(_ side: Side) throws(CommandFailure) -> Connection {
    try Databases.session(
      side == .source ? endpoints.source : endpoints.target, side: side, purpose: "check",
      interrupt: interrupt)
  }

  /// The middle one of some.
  private func roundTrip(_ string: ConnectionString, _ side: Side) throws -> Duration {
    let session = try session(side)
    var times: [Duration] = []
    for _ in 0..<11 {
      let start = ContinuousClock.now
      try session.execute("SELECT 1", doing: "measuring the way to the server")
      times.append(start.duration(to: .now))
    }
    return times.sorted()[times.count / 2]
  }

  /// Twice as many sessions each time, until that gains little.
  ///
  /// - Parameter body: one session's rate, in bytes per second; nil where it can't be measured. It is given the session's
  ///   number.
  private func climb(
    _ body: @escaping @Sendable (Int) throws(CommandFailure) -> Double?
  ) async throws(CommandFailure) -> [Measurement.Rate]? {
    var rates: [Measurement.Rate] = []
    var number = 1
    while number <= sessions {
      guard let rate = try await together(number, body) else { return nil }
      rates.append(.init(sessions: number, bytesPerSecond: rate))
      if rates.count > 1, rate < rates[rates.count - 2].bytesPerSecond * Measurement.worthwhile { break }
      number *= 2
    }
    return rates
  }

  private func together(
    _ number: Int, _ body: @escaping @Sendable (Int) throws(CommandFailure) -> Double?
  ) async throws(CommandFailure) -> Double? {
    let outcomes = await withTaskGroup(of: Result<Double?, CommandFailure>.self) { group in
      for index in 0..<number {
        group.addTask {
          await DedicatedThread.run {
            do throws(CommandFailure) { return .success(try body(index)) } catch { return .failure(error) }
          }
        }
      }
      return await group.reduce(into: []) { $0.append($1) }
    }
    var sum: Double = 0
    for outcome in outcomes {
      guard let rate = try outcome.get() else { return nil }
      sum += rate
    }
    return sum
  }

  private func read(_ number: Int) throws(CommandFailure) -> Double? {
    try CommandFailure.converting {
      let session = try session(.source)
      let stored = relations[number % relations.count]
      let operation = "measuring how fast rows are read"
      let start = ContinuousClock.now
      var bytes: Int64 = 0
      // A small one again and again.
      repeat {
        try session.send("COPY (SELECT * FROM ONLY \(stored.relation)) TO STDOUT", doing: operation)
        try session.awaitCopy(doing: operation)
        bytes += try session.discardRows(until: start + Self.time, doing: operation)
      } while ContinuousClock.now < start + Self.time && session.isUsable
      // Batches are written as base64.
      let stands = stored.isInBatches ? Double(bytes) * 3 / 4 : Double(bytes)
      return stands / (start.duration(to: .now) / .seconds(1))
    }
  }

  private func write() throws(CommandFailure) -> Double? {
    try CommandFailure.converting {
      let session = try session(.target)
      let operation = "measuring how fast rows are written"
      do throws(PostgresError) {
        try session.execute(
          """
          BEGIN READ WRITE; CREATE TEMPORARY TABLE backfill_measured (time timestamptz, number int8, value float8, text text)
          ON COMMIT DROP
          """, doing: operation)
      } catch {
        guard error.sqlState == SQLState.insufficientPrivilege else { throw error }
        return nil
      }
      try session.send("COPY pg_temp.backfill_measured FROM STDIN", doing: operation)
      try session.awaitCopy(doing: operation)
      let start = ContinuousClock.now
      let bytes = try session.sendRows(Self.rows, until: start + Self.time, doing: operation)
      let elapsed = start.duration(to: .now)
      session.rollBack()
      return Double(bytes) / (elapsed / .seconds(1))
    }
  }

  /// 64 kB of rows like those of sensors.
  private static let rows = String(
    repeating: "2024-01-01 12:34:56.789+00\t1234567\t21.5\tliving room\n", count: 1200)
}
