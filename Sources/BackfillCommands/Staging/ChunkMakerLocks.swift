import Postgres

/// The locks that making and compressing chunks takes, taken at the transaction's beginning and the strongest first.
/// Asking for a stronger one later would end in a deadlock with any session that reads the hypertable and then makes a
/// chunk of it, as inserts do: it has what we wait for and waits for what we have.
///
/// Where more than one relation is locked, nobody knows the order in which the application locks them. So only the first
/// lock is waited for, while nothing is held; the others are had at once, or all are given back and tried again. Each try
/// begins with another one, as one order may never come through.
///
/// What TimescaleDB takes (src/chunk.c, tsl/src/compression/create.c and api.c at 2.22.1 and 2.29.2): create_chunk SHARE
/// UPDATE EXCLUSIVE on the hypertable, and for a chunk's foreign keys SHARE ROW EXCLUSIVE on the tables that they refer to;
/// ALTER TABLE ... SET (timescaledb.compress_...) ACCESS EXCLUSIVE on the hypertable; compress_chunk and decompress_chunk
/// EXCLUSIVE and then ACCESS EXCLUSIVE on the chunk.
struct ChunkMakerLocks {
  let hypertable: QualifiedName
  let changesSettings: Bool
  /// A chunk that is there already.
  let existing: QualifiedName?
  /// Tables that the hypertable refers to.
  let referenced: [QualifiedName]

  /// Those that others may have locked.
  var relations: [QualifiedName] { [hypertable] + [existing].compactMap { $0 } + referenced }

  /// - Parameter attempt: counted from 0.
  func statements(attempt: Int) -> SQL {
    var locks: [SQL] = []
    if changesSettings {
      locks.append("LOCK TABLE ONLY \(hypertable) IN ACCESS EXCLUSIVE MODE")
    } else if existing == nil {
      locks.append("LOCK TABLE ONLY \(hypertable) IN SHARE UPDATE EXCLUSIVE MODE")
    }
    if let existing {
      locks.append("LOCK TABLE ONLY \(existing) IN ACCESS EXCLUSIVE MODE")
    } else {
      locks += referenced.map { "LOCK TABLE \($0) IN SHARE ROW EXCLUSIVE MODE" }
    }
    guard locks.count > 1 else { return locks.map { $0 + ";\n" }.joined(separator: "") }
    let first = attempt % locks.count
    let others = locks[(first + 1)...] + locks[..<first]
    return Self.waitingBriefly + locks[first] + ";\n" + others.map { $0 + " NOWAIT;\n" }.joined(separator: "")
      + LockTimeout.setting + ";\n"
  }

  /// Gives the first lock up before sessions that queue behind the request look for deadlocks.
  private static let waitingBriefly: SQL = """
    SELECT set_config('lock_timeout', greatest(setting::bigint / 2, 1)::text, true)
    FROM pg_settings WHERE name = 'deadlock_timeout';

    """

  /// The tables that a hypertable's foreign keys refer to, as far as the role may lock them.
  ///
  /// - Throws: `PostgresError`.
  static func referenced(
    by hypertable: QualifiedName, on target: borrowing Connection
  ) throws(PostgresError) -> [QualifiedName] {
    try target.query(
      """
      SELECT DISTINCT n.nspname, c.relname
      FROM pg_constraint AS f
      JOIN pg_class AS c ON c.oid = f.confrelid
      JOIN pg_namespace AS n ON n.oid = c.relnamespace
      WHERE f.contype = 'f' AND f.conrelid = \(hypertable.description)::regclass
        AND has_table_privilege(c.oid, 'UPDATE, DELETE, TRUNCATE')
      ORDER BY 1, 2
      """, doing: "looking for foreign keys"
    ) { row throws(PostgresError) in try row.name("nspname", "relname") }
  }
}
