import Postgres
import TimescaleDB

/// Policies belong to hypertables, and reading a chunk goes past them; what they are to keep from the role would be
/// copied after all, and what is read or cleared through the hypertable would fail in mid-run.
enum RowSecurity {
  /// - Parameters:
  ///   - source: the hypertables to look at.
  ///   - target: the same on the target.
  /// - Throws: `CommandFailure` where a policy applies to a role; `PostgresError`.
  static func refuse(
    _ databases: borrowing Databases, source: Set<QualifiedName>, target: Set<QualifiedName>
  ) throws {
    let found =
      try applying(on: databases.source, to: source) + (try applying(on: databases.target, to: target))
    guard !found.isEmpty else { return }
    throw CommandFailure.failed(.databases(.rowSecurity(found)))
  }

  private static func applying(
    on connection: borrowing Connection, to hypertables: Set<QualifiedName>
  ) throws(PostgresError) -> [SidedRelation] {
    let side = connection.side
    return try Hypertable.underRowSecurity(on: connection).filter(hypertables.contains)
      .map { SidedRelation(relation: $0, side: side) }
  }
}
