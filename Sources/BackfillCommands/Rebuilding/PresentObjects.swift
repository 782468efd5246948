import Postgres
import TimescaleDB

/// Which of the source's objects the target has, by what they are and how they are called.
enum PresentObjects {
  /// Those of an archive's objects that the target has, and all that belongs to its relations: indexes, constraints,
  /// triggers, sequences of columns and the like of a table that is there are left alone as the table is.
  ///
  /// - Throws: `PostgresError`.
  static func find(
    _ contents: ArchiveContents, _ source: borrowing Connection, _ target: borrowing Connection
  ) throws(PostgresError) -> Set<ObjectAddress> {
    let addresses = Set(contents.entries.compactMap(\.address))
    guard !addresses.isEmpty else { return [] }
    let there = Set(
      try target.query(everything, doing: "listing the target's objects") { row throws(PostgresError) in
        try row.text("identity")
      })
    let named = try source.query(question(addresses), doing: "naming the source's objects") {
      row throws(PostgresError) in
      (
        address: ObjectAddress(catalog: try row.integer("catalog"), object: try row.integer("object")),
        owner: try row.optionalInteger("owner").map { ObjectAddress(catalog: 1259, object: $0) },
        identity: try row.text("identity")
      )
    }
    let present = Set(named.filter { there.contains($0.identity) }.map(\.address))
    return present.union(named.filter { $0.owner.map(present.contains) ?? false }.map(\.address))
  }

  /// 1259 is pg_class itself, as everywhere.
  private static func question(_ addresses: Set<ObjectAddress>) -> SQL {
    let values = addresses.map { "(\($0.catalog), \($0.object))" as SQL }.joined(separator: ", ")
    return """
      WITH belonging AS (
        SELECT 'pg_constraint'::regclass AS catalog, oid, conrelid AS owner FROM pg_constraint WHERE conrelid <> 0
        UNION ALL SELECT 'pg_trigger', oid, tgrelid FROM pg_trigger
        UNION ALL SELECT 'pg_class', indexrelid, indrelid FROM pg_index
        UNION ALL SELECT classid, objid, refobjid FROM pg_depend
          WHERE classid = 'pg_class'::regclass AND refclassid = 'pg_class'::regclass AND refobjsubid > 0
            AND deptype IN ('i', 'a') AND objid IN (SELECT oid FROM pg_class WHERE relkind = 'S')
        UNION ALL SELECT 'pg_policy', oid, polrelid FROM pg_policy
        UNION ALL SELECT 'pg_attrdef', oid, adrelid FROM pg_attrdef
        UNION ALL SELECT 'pg_rewrite', oid, ev_class FROM pg_rewrite
        UNION ALL SELECT 'pg_statistic_ext', oid, stxrelid FROM pg_statistic_ext
        UNION ALL SELECT 'pg_publication_rel', oid, prrelid FROM pg_publication_rel
      )
      SELECT e.catalog, e.object, b.owner::bigint AS owner, concat_ws(' ', i.type, i.identity) AS identity
      FROM (VALUES \(values)) AS e (catalog, object)
      CROSS JOIN LATERAL pg_identify_object(e.catalog::oid, e.object::oid, 0) AS i
      LEFT JOIN belonging AS b ON b.catalog = e.catalog::oid AND b.oid = e.object::oid
      """
  }

  /// Everything that has a name and isn't PostgreSQL's own.
  private static let everything: SQL = {
    let catalogs: [SQL] = [
      "pg_class", "pg_namespace", "pg_proc", "pg_type", "pg_constraint", "pg_trigger", "pg_policy",
      "pg_attrdef",
      "pg_rewrite", "pg_statistic_ext", "pg_publication", "pg_publication_rel", "pg_subscription",
      "pg_extension",
      "pg_language", "pg_cast", "pg_collation", "pg_conversion", "pg_operator", "pg_opclass", "pg_opfamily",
      "pg_ts_config", "pg_ts_dict", "pg_ts_parser", "pg_ts_template", "pg_foreign_data_wrapper",
      "pg_foreign_server", "pg_user_mapping", "pg_event_trigger", "pg_default_acl", "pg_transform", "pg_am",
    ]
    let objects = catalogs.map { "SELECT '\($0)'::regclass AS catalog, oid FROM \($0)" as SQL }
      .joined(separator: " UNION ALL ")
    return """
      SELECT concat_ws(' ', i.type, i.identity) AS identity FROM (\(objects)) AS o
      CROSS JOIN LATERAL pg_identify_object(o.catalog, o.oid, 0) AS i WHERE o.oid >= 16384 OR o.catalog = 'pg_namespace'::regclass
      """
  }()
}
