import TestServers

/// What belongs to the target's chunks beside their rows: indexes, triggers, constraints, privileges, options, columns'
/// settings and compression settings, all of which copying may take away for a while and has to give back; and the
/// aggregates' invalidation log, which it must not write to.
struct Structure: Equatable {
  let lines: [String]

  init(of database: TestDatabase) throws {
    lines = try database.query(
      """
      WITH chunks AS (SELECT format('%I.%I', chunk_schema, chunk_name)::regclass AS chunk FROM timescaledb_information.chunks)
      SELECT format('%s index %s', chunk, concat_ws(' ', regexp_replace(pg_get_indexdef(x.indexrelid), ' INDEX \\S+ ', ' '),
          CASE WHEN NOT x.indisvalid THEN '(invalid)' END, x.indisclustered, x.indisreplident, i.reloptions, i.reltablespace,
          i.relowner::regrole))
      FROM chunks JOIN pg_index AS x ON x.indrelid = chunk JOIN pg_class AS i ON i.oid = x.indexrelid
      UNION ALL
      SELECT format('%s trigger %s %s', chunk, tgname, tgenabled) FROM chunks JOIN pg_trigger ON tgrelid = chunk
      UNION ALL
      SELECT format('%s constraint %s %s', chunk, pg_get_constraintdef(c.oid), convalidated)
      FROM chunks JOIN pg_constraint AS c ON conrelid = chunk
      UNION ALL
      SELECT format('%s table %s', chunk, concat_ws(' ', relacl, reloptions, relowner::regrole, relreplident, reltablespace,
        relrowsecurity, relpersistence))
      FROM chunks JOIN pg_class AS c ON c.oid = chunk
      UNION ALL
      SELECT format('%s column %s', chunk, concat_ws(' ', attnum, attname, atttypid::regtype, attnotnull, attstorage, attacl,
        attoptions, attislocal))
      FROM chunks JOIN pg_attribute ON attrelid = chunk WHERE attnum > 0
      UNION ALL
      SELECT format('%s settings %s', h.oid::regclass, concat_ws(' ', h.relacl, h.reloptions, to_jsonb(s)))
      FROM _timescaledb_catalog.hypertable AS t JOIN pg_class AS h ON h.oid = format('%I.%I', t.schema_name, t.table_name)::regclass
      LEFT JOIN _timescaledb_catalog.compression_settings AS s ON s.relid = h.oid
      UNION ALL
      SELECT format('invalidation %s %s', lowest_modified_value, greatest_modified_value)
      FROM _timescaledb_catalog.continuous_aggs_hypertable_invalidation_log
      ORDER BY 1
      """
    ).compactMap { $0[0] }
  }

  private init(lines: [String]) { self.lines = lines }

  /// The same without the aggregates' invalidation log, which rows have to be in that are copied after a refresh.
  var withoutInvalidations: Structure {
    Structure(lines: lines.filter { !$0.hasPrefix("invalidation ") })
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
