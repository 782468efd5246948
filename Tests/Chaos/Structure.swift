import TestServers

/// What belongs to the target's chunks beside their rows: indexes, triggers and constraints, all of which copying may
/// take away for a while and has to give back; and the aggregates' invalidation log, which it must not write to.
struct Structure: Equatable {
  let lines: [String]

  init(of database: TestDatabase) throws {
    lines = try database.query(
      """
      SELECT format('%s index %s', indrelid::regclass, regexp_replace(pg_get_indexdef(indexrelid), ' INDEX \\S+ ', ' ')
          || CASE WHEN indisvalid THEN '' ELSE ' (invalid)' END)
      FROM pg_index WHERE indrelid::regclass::text LIKE '\\_timescaledb\\_internal.\\_hyper\\_%'
        AND indrelid::regclass::text NOT LIKE '%compressed%' AND indrelid::regclass::text NOT LIKE '%compress\\_%'
      UNION ALL
      SELECT format('%s trigger %s', tgrelid::regclass, tgname) FROM pg_trigger
      WHERE tgrelid::regclass::text LIKE '\\_timescaledb\\_internal.\\_hyper\\_%'
      UNION ALL
      SELECT format('%s constraint %s', conrelid::regclass, pg_get_constraintdef(oid)) FROM pg_constraint
      WHERE conrelid::regclass::text LIKE '\\_timescaledb\\_internal.\\_hyper\\_%'
      UNION ALL
      SELECT format('invalidation %s %s', lowest_modified_value, greatest_modified_value)
      FROM _timescaledb_catalog.continuous_aggs_hypertable_invalidation_log
      ORDER BY 1
      """
    ).compactMap { $0[0] }
  }

  /// Whether there is all that was there before, and otherwise only what belongs to new chunks.
  func isExtension(of other: Structure) -> Bool {
    func relation(_ line: String) -> Substring { line.prefix { $0 != " " } }
    let known = Set(other.lines.map(relation))
    return lines.filter { known.contains(relation($0)) } == other.lines
  }

  func difference(from other: Structure) -> String {
    let gone = Set(lines).subtracting(other.lines).sorted().map { "- \($0)" }
    let come = Set(other.lines).subtracting(lines).sorted().map { "+ \($0)" }
    return (gone + come).prefix(40).joined(separator: "\n")
  }
}
