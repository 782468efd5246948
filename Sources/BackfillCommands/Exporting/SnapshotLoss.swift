import Archive
import Postgres

/// An exported snapshot is there for as long as the session that exported it.
enum SnapshotLoss {
  /// Opens a transaction that reads the snapshot, and ends the one before.
  static func opening(_ snapshot: String) -> SQL {
    "COMMIT; BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET TRANSACTION SNAPSHOT \(snapshot)"
  }

  /// Says so where a server doesn't know the snapshot.
  ///
  /// - Throws: `CommandFailure`, `PostgresError`.
  static func converting(
    in archive: ArchiveDirectory, _ body: () throws(PostgresError) -> Void
  ) throws {
    do throws(PostgresError) {
      try body()
    } catch {
      guard isReason(for: error) else { throw error }
      throw CommandFailure.failed(.archive(.snapshotLost(directory: archive.path)))
    }
  }

  /// invalid_parameter_value and, from PostgreSQL 17, undefined_object; object_not_in_prerequisite_state where the
  /// transaction of the snapshot is over (snapmgr.c, procarray.c).
  static func isReason(for error: PostgresError) -> Bool {
    ["22023", "42704", "55000"].contains(error.sqlState)
  }
}
