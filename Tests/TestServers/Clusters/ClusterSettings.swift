import Foundation

/// What is written to a test server's postgresql.conf.
enum ClusterSettings {
  /// Nothing here survives a power cut, and need not; TimescaleDB's own jobs would disturb what tests compare.
  static let common: [String: String] = [
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "shared_preload_libraries": "timescaledb",
    "timescaledb.max_background_workers": "0",
    "timescaledb.telemetry_level": "off",
    "max_connections": "300",
    // A lock table of 70 000 locks: whoever looks at pg_locks goes through all of it.
    "max_locks_per_transaction": "256",
    "max_prepared_transactions": "0",
    "autovacuum": "on",
    // The program turns it off itself; a session of the tests' own would load a compiler for one statement.
    "jit": "off",
    "shared_buffers": "128MB",
    "max_wal_size": "128MB",
    "wal_level": "replica",
    "lc_messages": "C",
    "listen_addresses": "127.0.0.1",
    "logging_collector": "off",
    "log_line_prefix": "%m [%p] %q%a %u@%d ",
  ]

  /// Of a server of a test's own: half of what starting one costs would go into the lock table.
  static let small: [String: String] = ["max_connections": "100"]

  /// Lines for postgresql.conf; where a name stands twice, PostgreSQL takes the last.
  static func lines(_ settings: [String: String]) -> String {
    settings.sorted { $0.key < $1.key }
      .map { "\($0.key) = '\($0.value.replacingOccurrences(of: "'", with: "''"))'\n" }
      .joined()
  }
}
