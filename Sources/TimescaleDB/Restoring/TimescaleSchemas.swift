internal import Postgres

/// The schemas that TimescaleDB keeps its own things in, whatever its version.
enum TimescaleSchemas {
  /// A condition: the schema of this name is none of them.
  static func isOther(_ name: SQL) -> SQL {
    """
    (\(name) !~ '^_timescaledb_' AND \(name) NOT IN ('timescaledb_information', 'timescaledb_experimental'))
    """
  }

  /// Where chunks and what else it makes for hypertables are by default.
  static let chunks: SQL = "'_timescaledb_internal'"
}

/// What goes with an extension.
enum ExtensionMember {
  /// A condition: the object of this catalog and OID is one.
  static func isOne(_ catalog: String, _ oid: SQL) -> SQL {
    """
    EXISTS (SELECT FROM pg_depend AS d
      WHERE d.classid = \(catalog)::regclass AND d.objid = \(oid) AND d.deptype = 'e')
    """
  }
}
