public import Postgres

/// A database as the run history has it: where a run copied from or to.
public struct RecordedDatabase: Sendable, Equatable {
  /// `host:port`, or a Unix socket's directory with the port.
  public var address: String
  public var database: String
  public var user: String
  /// Such as "18.1".
  public var postgresVersion: String
  /// nil where the database has no TimescaleDB.
  public var timescaleVersion: String?

  public init(
    address: String, database: String, user: String, postgresVersion: String, timescaleVersion: String?
  ) {
    self.address = address
    self.database = database
    self.user = user
    self.postgresVersion = postgresVersion
    self.timescaleVersion = timescaleVersion
  }

  /// As a jsonb value.
  public var json: SQL {
    """
    jsonb_build_object('address', \(address)::text, 'database', \(database)::text, 'user', \(user)::text,
      'postgres_version', \(postgresVersion)::text, 'timescaledb_version', \(timescaleVersion)::text)
    """
  }

  /// What `init(_:)` reads of a jsonb column: an array of its texts, '' for what isn't there.
  public static func texts(_ column: SQL) -> SQL {
    """
    CASE WHEN jsonb_typeof(\(column)) = 'object' THEN ARRAY[coalesce(\(column) ->> 'address', ''),
      coalesce(\(column) ->> 'database', ''), coalesce(\(column) ->> 'user', ''),
      coalesce(\(column) ->> 'postgres_version', ''), coalesce(\(column) ->> 'timescaledb_version', '')] END
    """
  }

  /// nil where an earlier version wrote the record.
  public init?(_ texts: [String]) {
    guard texts.count == 5 else { return nil }
    self.init(
      address: texts[0], database: texts[1], user: texts[2], postgresVersion: texts[3],
      timescaleVersion: texts[4].isEmpty ? nil : texts[4])
  }
}
