/// Settings of a server as this session would have them had it set nothing itself: in the units of pg_settings.
public struct ServerSettings: Sendable, Equatable {
  private let values: [String: String]

  public init(_ values: [String: String]) { self.values = values }

  public subscript(name: String) -> String? { values[name] }

  /// nil for a setting that the server doesn't have, or doesn't show to the role.
  public func integer(_ name: String) -> Int64? { values[name].flatMap { Int64($0) } }

  public func isOn(_ name: String) -> Bool { values[name] == "on" }

  /// - Throws: `PostgresError`.
  public static func find(
    _ names: [String], on connection: borrowing Connection
  ) throws(PostgresError) -> ServerSettings {
    let list = names.map { "\($0)" as SQL }.joined(separator: ", ")
    let found = try connection.query(
      "SELECT name, reset_val FROM pg_settings WHERE name IN (\(list)) AND reset_val IS NOT NULL",
      doing: "reading the server's settings"
    ) { row throws(PostgresError) in (try row.text("name"), try row.text("reset_val")) }
    return ServerSettings(Dictionary(found, uniquingKeysWith: { first, _ in first }))
  }

  /// How many locks fit into the table that all sessions share: NLOCKENTS, src/backend/storage/lmgr/lock.c.
  public var lockTableSize: Int64? {
    guard let perTransaction = integer("max_locks_per_transaction"),
      let connections = integer("max_connections")
    else { return nil }
    let others = ["max_worker_processes", "max_wal_senders", "max_prepared_transactions"].compactMap(integer)
    let vacuuming = integer("autovacuum_worker_slots") ?? integer("autovacuum_max_workers") ?? 0
    return perTransaction * (connections + vacuuming + 1 + others.reduce(0, +))
  }

  /// Those that `lockTableSize` takes.
  public static let ofLockTable = [
    "max_locks_per_transaction", "max_connections", "max_worker_processes", "max_wal_senders",
    "max_prepared_transactions", "autovacuum_worker_slots", "autovacuum_max_workers",
  ]
}
