import Postgres
import TimescaleDB

/// Policies belong to hypertables, and reading a chunk goes past them; what they are to keep from the role would be
/// copied after all, and what is read or cleared through the hypertable would fail in mid-run.
struct RowSecurity: ChecklistItem {
  /// Where a policy applies to a session's role.
  let relations: [SidedRelation]

  /// - Parameters:
  ///   - source: the hypertables to look at.
  ///   - target: the same on the target.
  /// - Throws: `PostgresError`.
  static func find(
    _ databases: borrowing Databases, source: Set<QualifiedName>, target: Set<QualifiedName>
  ) throws(PostgresError) -> RowSecurity {
    RowSecurity(
      relations: try applying(on: databases.source, to: source)
        + (try applying(on: databases.target, to: target)))
  }

  /// The same of one database.
  ///
  /// - Throws: `PostgresError`.
  static func find(
    on connection: borrowing Connection, _ hypertables: Set<QualifiedName>
  ) throws(PostgresError) -> RowSecurity {
    RowSecurity(relations: try applying(on: connection, to: hypertables))
  }

  var findings: [CheckedFinding] {
    relations.isEmpty ? [] : [.init(.stop, .databases(.rowSecurity(relations)))]
  }

  private static func applying(
    on connection: borrowing Connection, to hypertables: Set<QualifiedName>
  ) throws(PostgresError) -> [SidedRelation] {
    let side = connection.side
    return try Hypertable.underRowSecurity(on: connection).filter { hypertables.contains($0.hypertable) }
      .map { SidedRelation(relation: $0.hypertable, side: side, role: $0.role) }
  }
}
