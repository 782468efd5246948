public import Postgres

/// Which database this is, wherever its server is reached: a primary and its standbys have the same one.
public struct Fingerprint: Sendable, Equatable {
  /// By name, for saying what differs.
  public let parts: [String: String]
  /// The server that answered is a standby; no part of what identifies the database.
  public let isInRecovery: Bool

  private static let version = "TimescaleDB version"

  public init(parts: [String: String], isInRecovery: Bool = false) {
    self.parts = parts
    self.isInRecovery = isInRecovery
  }

  /// - Throws: `PostgresError`.
  public static func find(on connection: borrowing Connection) throws(PostgresError) -> Fingerprint {
    let rows = try connection.query(
      """
      SELECT (SELECT system_identifier::text FROM pg_control_system()),
        (SELECT oid::text FROM pg_database WHERE datname = current_database()),
        (SELECT extversion FROM pg_extension WHERE extname = 'timescaledb'), pg_is_in_recovery()
      """, doing: "identifying the database"
    ) { row throws(PostgresError) in
      Fingerprint(
        parts: [
          "system identifier": try row.text(0), "database OID": try row.text(1),
          version: row.optionalText(2) ?? "none",
        ], isInRecovery: try row.flag(3))
    }
    return rows.first ?? Fingerprint(parts: [:])
  }

  /// As a jsonb value.
  public var json: SQL {
    let pairs = parts.sorted { $0.key < $1.key }.map { "\($0.key), \($0.value)" as SQL }
    return "jsonb_build_object(\(pairs.joined(separator: ", ")))"
  }

  /// What is different now, in words; empty when nothing is.
  ///
  /// - Parameter ofDatabaseOnly: leaves out the extension's version.
  public func differences(from earlier: Fingerprint, ofDatabaseOnly: Bool = false) -> [String] {
    earlier.parts.sorted { $0.key < $1.key }.compactMap { name, value in
      if ofDatabaseOnly, name == Self.version { return nil }
      guard let now = parts[name], now != value else { return nil }
      return "\(name) was \(value) and is \(now)"
    }
  }
}
