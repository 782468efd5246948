import ChunkCatalog
import ChunkPairs
import Postgres
import TaskEngine
import TimescaleDB

extension ChunkPair {
  /// Refuses to replace rows that another table refers to with a key that would delete or change its own rows along with
  /// them (from 2.16 there may be such keys). A key that forbids the deletion makes itself heard.
  ///
  /// - Throws: `TaskFailure`, `PostgresError`.
  func refuseCascades(on connection: borrowing Connection) throws {
    guard target?.isReferenced != false else { return }
    let condition: SQL?
    do {
      condition = try target == nil ? hypertablePredicate() : timePredicate()
    } catch {
      throw TaskFailure(error)
    }
    let found = try connection.query(
      """
      SELECT string_agg(format('%I of %s', f.conname, f.conrelid::regclass), ', ' ORDER BY f.conname) AS keys
      FROM pg_constraint AS f
      WHERE f.contype = 'f' AND f.confdeltype IN ('c', 'n', 'd')
        AND f.confrelid = \(targetHypertable.description)::regclass
        AND current_setting('session_replication_role') <> 'replica'
        AND EXISTS (SELECT FROM \(target?.name ?? targetHypertable)\(SQL.filter(condition)))
      """, doing: "looking for foreign keys"
    ) { row throws(PostgresError) in try row.optionalText("keys") }
    guard let keys = found.first ?? nil else { return }
    throw TaskFailure(.cascade(keys: keys))
  }
}
