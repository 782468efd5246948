import Postgres
import TimescaleDB

/// Whether the target's sequences would hand out numbers that copied rows have: they stand where the dump left them,
/// and copying moves rows, not sequences.
struct SequenceCheck {
  private let hypertables: [QualifiedName]

  init(_ hypertables: [StagedHypertable]) {
    self.hypertables = hypertables.filter { $0.source.aggregate == nil }.map(\.source.name)
  }

  /// - Throws: `PostgresError`.
  func warnings(
    source: borrowing Connection, target: borrowing Connection
  ) throws(PostgresError) -> [String] {
    let ours = try ColumnSequence.all(of: hypertables, on: target)
    guard !ours.isEmpty else { return [] }
    let theirs = try ColumnSequence.all(of: hypertables, on: source)
    var warnings: [String] = []
    for own in ours {
      let name = "sequence \(own.sequence) of the target, for column \(own.column) of \(own.relation),"
      guard own.position != nil else {
        warnings.append(
          "can't tell whether \(name) hands out numbers that copied rows have: no privilege on it")
        continue
      }
      let twins = theirs.filter { $0.relation == own.relation && $0.column == own.column }
      let known = twins.first?.position
      guard let last = known == nil ? try greatest(own, on: target) : known else {
        warnings.append(
          "can't tell whether \(name) hands out numbers that copied rows have: no privilege on the source's, and "
            + "looking for the greatest takes too long")
        continue
      }
      guard own.isBehind(last) == true else { continue }
      let statement: SQL = "SELECT setval(\(own.sequence.description), \(last))"
      warnings.append(
        "\(name) will hand out numbers that copied rows have; before the application writes to the target alone: "
          + "\(statement)")
    }
    return warnings
  }

  /// The column's last value by the sequence's direction, where the source's sequence can't be asked. That takes an index or
  /// reading the table, so only a little time is given to it. nil when it takes longer.
  private func greatest(
    _ own: ColumnSequence, on target: borrowing Connection
  ) throws(PostgresError) -> Int64? {
    let function: SQL = own.increment > 0 ? "max" : "min"
    do throws(PostgresError) {
      let found = try target.query(
        """
        BEGIN READ ONLY; SET LOCAL statement_timeout = '5s';
        SELECT \(function)(\(own.column))::bigint FROM \(own.relation);
        """, doing: "looking for the greatest \(own.column) of \(own.relation)"
      ) { row throws(PostgresError) in try row.optionalInteger(0) }
      target.rollBack()
      // An empty table has none to be handed out twice.
      return (found.first ?? nil) ?? own.position
    } catch {
      target.rollBack()
      guard error.sqlState == SQLState.queryCanceled else { throw error }
      return nil
    }
  }
}
