public import Postgres
public import TimescaleDB

/// Between which databases a queue was staged, so that it isn't worked through between others.
public enum StagedBetween {
  public static func record(source: Fingerprint, target: Fingerprint) -> SQL {
    "UPDATE __backfill.session SET source_fingerprint = \(source.json), target_fingerprint = \(target.json);"
  }

  /// What staging recorded; nil for a side when nothing was.
  ///
  /// - Throws: `PostgresError`.
  public static func recorded(
    on target: borrowing Connection
  ) throws(PostgresError) -> (source: Fingerprint?, target: Fingerprint?) {
    let rows = try target.query(
      """
      SELECT 'source', key, value FROM __backfill.session, jsonb_each_text(source_fingerprint)
      UNION ALL
      SELECT 'target', key, value FROM __backfill.session, jsonb_each_text(target_fingerprint)
      """, doing: "reading what was staged"
    ) { row throws(PostgresError) in (side: try row.text(0), key: try row.text(1), value: try row.text(2)) }
    func side(_ name: String) -> Fingerprint? {
      let parts = rows.filter { $0.side == name }.map { ($0.key, $0.value) }
      return parts.isEmpty
        ? nil : Fingerprint(parts: Dictionary(parts, uniquingKeysWith: { first, _ in first }))
    }
    return (side("source"), side("target"))
  }
}
