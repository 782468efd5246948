import Postgres
import TimescaleDB

/// Whether the target's sequences would hand out numbers that copied rows have: they stand where the dump left them,
/// and copying moves rows, not sequences.
struct SequenceCheck {
  private let hypertables: [QualifiedName]

  init(_ hypertables: [StagedHypertable]) {
    self.hypertables = hypertables.filter { $0.source.aggregate == nil }.map(\.source.name)
  }

  init(_ hypertables: [Hypertable]) {
    self.hypertables = hypertables.filter { $0.aggregate == nil }.map(\.name)
  }

  /// - Parameter readsTables: looks for the greatest value in a table where the source's sequence can't be asked.
  /// - Throws: `PostgresError`.
  func findings(
    source: borrowing Connection, target: borrowing Connection, readingTables readsTables: Bool = true
  ) throws(PostgresError) -> [SequenceFinding] {
    let ours = try ColumnSequence.all(of: hypertables, on: target)
    guard !ours.isEmpty else { return [] }
    let theirs = try ColumnSequence.all(of: hypertables, on: source)
    var findings: [SequenceFinding] = []
    for own in ours {
      let counterpart = theirs.first { $0.relation == own.relation && $0.column == own.column }
      guard let fact = try fact(of: own, counterpart: counterpart, readsTables, on: target) else { continue }
      findings.append(
        SequenceFinding(sequence: own.sequence, relation: own.relation, column: own.column, fact: fact))
    }
    return findings
  }

  /// nil for a sequence that is as far as it has to be.
  private func fact(
    of own: ColumnSequence, counterpart: ColumnSequence?, _ readsTables: Bool,
    on target: borrowing Connection
  ) throws(PostgresError) -> SequenceFinding.Fact? {
    guard own.position != nil else { return .unreadable }
    let known = counterpart?.position
    let isRead = known == nil && readsTables
    guard let last = isRead ? try greatest(own, on: target) : known else { return .unknown }
    guard own.isBehind(last) == true else { return nil }
    let statement: SQL = "SELECT setval(\(own.sequence.description), \(last))"
    return .behind(statement: "\(statement)")
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
        SELECT \(function)(\(own.column))::bigint AS value FROM \(own.relation);
        """, doing: "looking for the greatest \(own.column) of \(own.relation)"
      ) { row throws(PostgresError) in try row.optionalInteger("value") }
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
