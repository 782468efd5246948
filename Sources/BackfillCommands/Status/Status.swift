import ChunkCatalog
public import Postgres
public import Waiting

/// `status`: how far the queue is, and who works on it. Only reads, and only the target.
public struct Status: Sendable {
  public var target: ConnectionString

  public init(target: ConnectionString) { self.target = target }

  /// Looks once.
  ///
  /// - Throws: `CommandFailure`.
  public func run(interrupt: Interrupt, reporter: any Reporter) async throws(CommandFailure) -> StatusResult {
    try await DedicatedThread.run { () throws(CommandFailure) in
      let session = try open(interrupt)
      let result = try Self.look(session)
      reporter.report(.connected(result.database))
      for note in result.notes { reporter.report(.warning(.status(note))) }
      return result
    }
  }

  /// What is seen at one time of watching.
  public enum Sighting: Sendable {
    case status(StatusResult)
    /// The target can't be asked now, since when; it is tried again.
    case lost(CommandFailure, since: ContinuousClock.Instant)
  }

  /// Looks again and again, until it is interrupted. A server that goes away is waited for, without bound.
  ///
  /// - Parameters:
  ///   - pause: from the end of one look to the next.
  ///   - show: is given what is seen, one after the other.
  /// - Returns: the last sight.
  /// - Throws: `CommandFailure` when not even the first look succeeds.
  public func watch(
    every pause: Duration, interrupt: Interrupt, show: @escaping @Sendable (Sighting) -> Void
  ) async throws(CommandFailure) -> Sighting {
    try await DedicatedThread.run { () throws(CommandFailure) in
      var last: Sighting?
      while true {
        let failure = watchOneSession(every: pause, interrupt, &last, show)
        guard interrupt.stage == .running, last != nil else {
          if let last { return last }
          throw failure
        }
        let since: ContinuousClock.Instant
        if case .lost(_, let earlier)? = last { since = earlier } else { since = .now }
        let sighting = Sighting.lost(failure, since: since)
        last = sighting
        show(sighting)
        interrupt.sleep(pause, until: .draining)
        if interrupt.stage != .running { return sighting }
      }
    }
  }

  /// - Returns: why the session could not be had, or is of no use any more; also when watching was interrupted.
  private func watchOneSession(
    every pause: Duration, _ interrupt: Interrupt, _ last: inout Sighting?, _ show: (Sighting) -> Void
  ) -> CommandFailure {
    do throws(CommandFailure) {
      let session = try open(interrupt)
      while true {
        let sighting = Sighting.status(try Self.look(session))
        last = sighting
        show(sighting)
        interrupt.sleep(pause, until: .draining)
        guard interrupt.stage == .running else { return .stopped(.working) }
      }
    } catch {
      return error
    }
  }

  private func open(_ interrupt: Interrupt) throws(CommandFailure) -> Connection {
    let session = try Databases.session(target, side: .target, purpose: "status", interrupt: interrupt)
    do throws(PostgresError) {
      try session.execute(QueueStatus.preparation, doing: "preparing the session")
    } catch {
      throw CommandFailure(error)
    }
    return session
  }

  private static func look(_ session: borrowing Connection) throws(CommandFailure) -> StatusResult {
    let found: QueueStatus
    do throws(PostgresError) {
      found = try QueueStatus.read(on: session)
    } catch {
      throw CommandFailure(error)
    }
    let shape = found.shape
    guard !shape.hasQueue || shape.reads("task") else {
      throw .failed(.status(.unreadableQueue(role: Identifier(shape.role))))
    }
    let database = ConnectedDatabase(session, shape)
    var result = StatusResult(found, database)
    // Only where there is something that it can't see.
    let isHidden = found.sessions.contains { $0.isOurs && $0.state == nil }
    if isHidden, !shape.seesAllSessions { result.notes.append(.hiddenSessions(role: Identifier(shape.role))) }
    return result
  }
}
