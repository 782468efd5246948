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
        switch content {
        case .begin(let movedSchema): try begin(movedSchema, interrupt)
        case .done(let mark): try change(MigrationRecord.marking(mark), interrupt)
        case .writing:
          let source = try Databases.session(
            endpoints.source, side: .source, purpose: MigrationLook.purpose, interrupt: interrupt)
          try change(MigrationRecord.marking(.writing, at: try SourceClock.now(on: source)), interrupt)
        case .choice(let choice): try change(MigrationRecord.choosing(choice), interrupt)
        }
      }
    }
  }

  private func begin(_ movedSchema: Bool, _ interrupt: Interrupt) throws {
    let sessions = try SessionPair.open(endpoints, purpose: MigrationLook.purpose, interrupt: interrupt)
    if let installation = try Installation.find(on: sessions.target) {
      try Checklist([try QueuePrivilege.find(on: sessions.target, installation)]).refuse()
    }
    let opening = MigrationRecord.opening(
      source: try Fingerprint.find(on: sessions.source), target: try Fingerprint.find(on: sessions.target))
    try write(movedSchema ? opening + MigrationRecord.marking(.schema) : opening, on: sessions.target)
  }

  private func change(_ statement: SQL, _ interrupt: Interrupt) throws {
    let session = try Databases.session(
      endpoints.target, side: .target, purpose: MigrationLook.purpose, interrupt: interrupt)
    try write(MigrationRecord.locking + statement, on: session)
  }

  private func write(_ statement: SQL, on session: borrowing Connection) throws {
    let operation = "writing down how far the migration is"
    // What comes next rests on it.
    try session.execute("SET synchronous_commit = on", doing: operation)
    try session.transact(doing: operation) {
      try session.execute(QueueTrust.guarding, doing: operation)
      try session.execute(statement, doing: operation)
    }
  }
}

/// The time by which a completion point is judged: the writers' clocks aren't known, and the one that is nearest to them is
/// that of the server they have written to so far.
enum SourceClock {
  /// - Throws: `PostgresError`.
  static func now(on source: borrowing Connection) throws(PostgresError) -> Timestamp {
    try source.queryRow(
      "SELECT \(Timestamp.reading("clock_timestamp()")) AS now", doing: "asking for the time"
    ) { row throws(PostgresError) in Timestamp(microseconds: try row.integer("now")) }
  }
}
