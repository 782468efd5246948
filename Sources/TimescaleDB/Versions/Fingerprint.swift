public import Postgres

/// Which database this is, wherever its server is reached: a primary and its standbys have the same one.
public struct Fingerprint: Sendable, Equatable {
  /// What a fingerprint is made of.
  public enum Key: Sendable, Hashable, Comparable {
    case systemIdentifier
    case databaseOID
    case timescaleVersion
    /// What a queue of another version of this program names, and this one doesn't know.
    case unknown(String)

    static let known: [Key] = [.systemIdentifier, .databaseOID, .timescaleVersion]

    /// How queues name it. Such names never change.
    public var recordedName: String {
      switch self {
      case .systemIdentifier: "system_identifier"
      case .databaseOID: "database_oid"
      case .timescaleVersion: "timescaledb_version"
      case .unknown(let name): name
      }
    }

    /// How the earliest queues name it, and messages do.
    public var label: String {
      switch self {
      case .systemIdentifier: "system identifier"
      case .databaseOID: "database OID"
      case .timescaleVersion: "TimescaleDB version"
      case .unknown(let name): name
      }
    }

    /// From what a queue names it.
    init(recordedName name: String) {
      self = Self.known.first { $0.recordedName == name || $0.label == name } ?? .unknown(name)
    }

    public static func < (left: Key, right: Key) -> Bool { left.recordedName < right.recordedName }
  }

  public let parts: [Key: String]
  /// The server that answered is a standby; no part of what identifies the database.
  public let isInRecovery: Bool
  /// How far the server's write-ahead log has come (a standby: is replayed). Everything that was visible to a session
  /// before it was asked for stands before it. nil where nobody asked.
  public let position: WALPosition?

  public init(parts: [Key: String], isInRecovery: Bool = false, position: WALPosition? = nil) {
    self.parts = parts
    self.isInRecovery = isInRecovery
    self.position = position
  }

  /// As a queue has it, with the names that any version gave.
  public init(recorded: [String: String], position: WALPosition? = nil) {
    let named = recorded.map { (key: Key(recordedName: $0), name: $0, value: $1) }
    // Where both names are there, the one of today counts.
    parts = Dictionary(
      named.sorted { $0.name == $0.key.recordedName && $1.name != $1.key.recordedName }.map {
        ($0.key, $0.value)
      },
      uniquingKeysWith: { first, _ in first })
    isInRecovery = false
    self.position = position
  }

  /// As `members` yields it.
  public init(keys: [String], values: [String], isInRecovery: Bool = false, position: WALPosition? = nil) {
    let recorded = Dictionary(zip(keys, values), uniquingKeysWith: { first, _ in first })
    self.init(parts: Fingerprint(recorded: recorded).parts, isInRecovery: isInRecovery, position: position)
  }

  /// A recorded fingerprint as two arrays, NAME_keys and NAME_values, of a select list.
  public static func members(of json: SQL, as name: SQL) -> SQL {
    """
    ARRAY(SELECT key FROM jsonb_each_text(\(json)) ORDER BY key) AS \(name)_keys,
      ARRAY(SELECT value FROM jsonb_each_text(\(json)) ORDER BY key) AS \(name)_values
    """
  }

  /// - Throws: `PostgresError`.
  public static func find(on connection: borrowing Connection) throws(PostgresError) -> Fingerprint {
    // The insert position, as what was committed without waiting is visible before it is written.
    let rows = try connection.query(
      """
      SELECT (SELECT system_identifier::text FROM pg_control_system()) AS system_identifier,
        (SELECT oid::text FROM pg_database WHERE datname = current_database()) AS database_oid,
        (\(TimescaleVersion.installed)) AS timescaledb_version, pg_is_in_recovery() AS is_in_recovery,
        CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_insert_lsn() END AS position
      """, doing: "identifying the database"
    ) { row throws(PostgresError) in
      Fingerprint(
        parts: [
          .systemIdentifier: try row.text("system_identifier"), .databaseOID: try row.text("database_oid"),
          .timescaleVersion: try row.optionalText("timescaledb_version") ?? "none",
        ], isInRecovery: try row.flag("is_in_recovery"),
        position: try row.optionalText("position").flatMap { WALPosition($0) }?.withoutPageHeader)
    }
    return rows.first ?? Fingerprint(parts: [:])
  }

  /// As a jsonb value.
  public var json: SQL {
    let pairs = parts.sorted { $0.key < $1.key }.map { "\($0.key.recordedName), \($0.value)" as SQL }
    return "jsonb_build_object(\(pairs.joined(separator: ", ")))"
  }

  /// Whether both are of the same database, or of physical copies of one.
  public func isSameDatabase(as other: Fingerprint) -> Bool {
    differences(from: other, ofDatabaseOnly: true).isEmpty
  }

  /// A part that is different now.
  public struct Difference: Sendable, Equatable {
    public var key: Key
    public var earlier: String
    /// nil for a part that this version doesn't know.
    public var now: String?

    public init(key: Key, earlier: String, now: String?) {
      self.key = key
      self.earlier = earlier
      self.now = now
    }
  }

  /// What is different now; empty when nothing is. So is a part of the earlier one that isn't known here, but not one that
  /// an earlier version of this program didn't write down.
  ///
  /// - Parameter ofDatabaseOnly: leaves out the extension's version.
  public func differences(from earlier: Fingerprint, ofDatabaseOnly: Bool = false) -> [Difference] {
    earlier.parts.sorted { $0.key < $1.key }.compactMap { key, value in
      if ofDatabaseOnly, key == .timescaleVersion { return nil }
      return parts[key] == value ? nil : Difference(key: key, earlier: value, now: parts[key])
    }
  }
}
