public import Postgres

/// Which database this is, wherever its server is reached: a primary and its standbys have the same one.
public struct Fingerprint: Sendable, Equatable {
  /// What a fingerprint is made of. The raw values stand in queues, so they never change.
  public enum Key: String, Sendable, CaseIterable {
    case systemIdentifier = "system_identifier"
    case databaseOID = "database_oid"
    case timescaleVersion = "timescaledb_version"

    /// How it is called in messages, and was in the queues of earlier versions.
    var label: String {
      switch self {
      case .systemIdentifier: "system identifier"
      case .databaseOID: "database OID"
      case .timescaleVersion: "TimescaleDB version"
      }
    }
  }

  /// By `Key`; under another name where a queue says something that this version doesn't know.
  public let parts: [String: String]
  /// The server that answered is a standby; no part of what identifies the database.
  public let isInRecovery: Bool
  /// How far the server's write-ahead log has come (a standby: is replayed). Everything that was visible to a session
  /// before it was asked for stands before it. nil where nobody asked.
  public let position: WALPosition?

  public init(parts: [Key: String], isInRecovery: Bool = false, position: WALPosition? = nil) {
    self.parts = Dictionary(uniqueKeysWithValues: parts.map { ($0.rawValue, $1) })
    self.isInRecovery = isInRecovery
    self.position = position
  }

  /// As a queue has it, with the names that any version gave.
  public init(recorded: [String: String], position: WALPosition? = nil) {
    let labels = Dictionary(uniqueKeysWithValues: Key.allCases.map { ($0.label, $0.rawValue) })
    // Where both names are there, the one of today counts.
    parts = Dictionary(
      recorded.sorted { labels[$0.key] == nil && labels[$1.key] != nil }.map { (labels[$0] ?? $0, $1) },
      uniquingKeysWith: { first, _ in first })
    isInRecovery = false
    self.position = position
  }

  /// - Throws: `PostgresError`.
  public static func find(on connection: borrowing Connection) throws(PostgresError) -> Fingerprint {
    // The insert position, as what was committed without waiting is visible before it is written.
    let rows = try connection.query(
      """
      SELECT (SELECT system_identifier::text FROM pg_control_system()),
        (SELECT oid::text FROM pg_database WHERE datname = current_database()),
        (SELECT extversion FROM pg_extension WHERE extname = 'timescaledb'), pg_is_in_recovery(),
        CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_insert_lsn() END
      """, doing: "identifying the database"
    ) { row throws(PostgresError) in
      Fingerprint(
        parts: [
          .systemIdentifier: try row.text(0), .databaseOID: try row.text(1),
          .timescaleVersion: row.optionalText(2) ?? "none",
        ], isInRecovery: try row.flag(3),
        position: row.optionalText(4).flatMap { WALPosition($0) }?.withoutPageHeader)
    }
    return rows.first ?? Fingerprint(parts: [:])
  }

  /// As a jsonb value.
  public var json: SQL {
    let pairs = parts.sorted { $0.key < $1.key }.map { "\($0.key), \($0.value)" as SQL }
    return "jsonb_build_object(\(pairs.joined(separator: ", ")))"
  }

  /// Whether both are of the same database, or of physical copies of one.
  public func isSameDatabase(as other: Fingerprint) -> Bool {
    differences(from: other, ofDatabaseOnly: true).isEmpty
  }

  /// What is different now, in words; empty when nothing is. So is a part of the earlier one that isn't known here, but
  /// not one that an earlier version of this program didn't write down.
  ///
  /// - Parameter ofDatabaseOnly: leaves out the extension's version.
  public func differences(from earlier: Fingerprint, ofDatabaseOnly: Bool = false) -> [String] {
    earlier.parts.sorted { $0.key < $1.key }.compactMap { name, value in
      if ofDatabaseOnly, name == Key.timescaleVersion.rawValue { return nil }
      let label = Key(rawValue: name)?.label ?? name
      guard let now = parts[name] else { return "\(label) was \(value), which this version can't compare" }
      return now == value ? nil : "\(label) was \(value) and is \(now)"
    }
  }
}
