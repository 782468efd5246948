public import ChunkCatalog
import Postgres
import TimescaleDB
public import Waiting

/// Writes down on the target how far a migration is.
public struct MigrationNote: Sendable {
  public enum Content: Sendable {
    /// The migration begins, with or without its schema moved by it.
    case begin(movedSchema: Bool)
    case done(MigrationRecord.Mark)
    /// All writers write to both databases from now on. The time is the source's.
    case writing
    case choice(MigrationRecord.Choice)
  }

  public var endpoints: Endpoints

  public init(endpoints: Endpoints) { self.endpoints = endpoints }

  /// - Throws: `CommandFailure`.
  public func write(_ content: Content, interrupt: Interrupt) async throws(CommandFailure) {
    try await DedicatedThread.run { () throws(CommandFailure) in
      try CommandFailure.converting {
        let statement = try statement(content, interrupt)
        let session = try Databases.session(
          endpoints.target, side: .target, purpose: MigrationLook.purpose, interrupt: interrupt)
        try write(statement, isNew: content.isBeginning, on: session)
      }
    }
  }

  private func write(_ statement: SQL, isNew: Bool, on session: borrowing Connection) throws {
    let operation = "writing down how far the migration is"
    // What comes next rests on it.
    try session.execute("SET synchronous_commit = on", doing: operation)
    if isNew, let installation = try Installation.find(on: session) {
      try Checklist([try QueuePrivilege.find(on: session, installation)]).refuse()
    }
    try session.transact(doing: operation) {
      try session.execute(QueueTrust.guarding, doing: operation)
      if !isNew { try session.execute(MigrationRecord.locking, doing: operation) }
      try session.execute(statement, doing: operation)
    }
  }

  private func statement(_ content: Content, _ interrupt: Interrupt) throws -> SQL {
    switch content {
    case .begin(let movedSchema):
      let sessions = try SessionPair.open(
        endpoints, purpose: MigrationLook.purpose, interrupt: interrupt)
      let opening = MigrationRecord.opening(
        source: try Fingerprint.find(on: sessions.source), target: try Fingerprint.find(on: sessions.target))
      return movedSchema ? opening + MigrationRecord.marking(.schema) : opening
    case .done(let mark): return MigrationRecord.marking(mark)
    case .writing:
      let source = try Databases.session(
        endpoints.source, side: .source, purpose: MigrationLook.purpose, interrupt: interrupt)
      return MigrationRecord.marking(.writing, at: try SourceClock.now(on: source))
    case .choice(let choice): return MigrationRecord.choosing(choice)
    }
  }
}

extension MigrationNote.Content {
  fileprivate var isBeginning: Bool { if case .begin = self { true } else { false } }
}

/// The time by which a completion point is judged: the writers' clocks aren't known, and the one that is nearest to them is
/// that of the server they have written to so far.
enum SourceClock {
  /// - Throws: `PostgresError`.
  static func now(on source: borrowing Connection) throws(PostgresError) -> Timestamp {
    try source.query(
      "SELECT \(Timestamp.reading("clock_timestamp()")) AS now", doing: "asking the time"
    ) { row throws(PostgresError) in try row.optionalTimestamp("now") }.first.flatMap { $0 }
      ?? Timestamp(microseconds: 0)
  }
}
