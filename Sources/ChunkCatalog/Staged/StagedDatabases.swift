public import Postgres
public import TimescaleDB

/// Between which databases a queue was staged, so that it isn't worked through between others, or from an earlier state
/// of the source.
public enum StagedDatabases {
  /// Several stagings may have read the source at several servers; what the last of them saw has to be there for all.
  ///
  /// - Parameter archive: the archive that has the tasks' rows; nil where these are read from the source.
  public static func record(source: Fingerprint, target: Fingerprint, archive: String? = nil) -> SQL {
    """
    UPDATE __backfill.session SET source_fingerprint = \(source.json), target_fingerprint = \(target.json),
      source_lsn = greatest(source_lsn, (\(source.position?.description))::pg_lsn), archive = \(archive);
    """
  }

  /// Which archive has the tasks' rows; nil where these are read from the source.
  ///
  /// - Throws: `PostgresError`.
  public static func archive(on target: borrowing Connection) throws(PostgresError) -> String? {
    try target.query(archiveQuestion, doing: "reading what was staged") {
      row throws(PostgresError) in try row.optionalText("archive")
    }.first ?? nil
  }

  static let archiveQuestion: SQL = "SELECT archive FROM __backfill.session"

  /// The answer to `archiveQuestion`, which was sent.
  static func isOfArchive(on target: borrowing Connection) throws(PostgresError) -> Bool {
    try target.nextRows(doing: "reading what was staged") { row throws(PostgresError) in
      try row.optionalText("archive")
    }.contains { $0 != nil }
  }

  /// The source has got another identity, and a write-ahead log of its own with it.
  public static func adopt(source: Fingerprint) -> SQL {
    """
    UPDATE __backfill.session SET source_fingerprint = \(source.json),
      source_lsn = (\(source.position?.description))::pg_lsn;
    """
  }

  /// What staging recorded; nil for a side when nothing was.
  ///
  /// - Throws: `PostgresError`.
  public static func recorded(
    on target: borrowing Connection
  ) throws(PostgresError) -> (source: Fingerprint?, target: Fingerprint?) {
    let rows = try target.query(
      """
      SELECT 'source' AS side, key, value, source_lsn FROM __backfill.session, jsonb_each_text(source_fingerprint)
      UNION ALL
      SELECT 'target', key, value, NULL FROM __backfill.session, jsonb_each_text(target_fingerprint)
      """, doing: "reading what was staged"
    ) { row throws(PostgresError) in
      (
        side: try row.text("side"), key: try row.text("key"), value: try row.text("value"),
        position: try row.optionalText("source_lsn").flatMap { WALPosition($0) }
      )
    }
    func side(_ name: String) -> Fingerprint? {
      let found = rows.filter { $0.side == name }
      guard !found.isEmpty else { return nil }
      return Fingerprint(
        recorded: Dictionary(found.map { ($0.key, $0.value) }, uniquingKeysWith: { first, _ in first }),
        position: found.lazy.compactMap(\.position).max())
    }
    return (side("source"), side("target"))
  }
}
