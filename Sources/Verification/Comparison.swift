import ChunkCatalog
import ChunkPairs
import Postgres
import TaskEngine
import TimescaleDB

/// What is compared with what.
struct Comparison {
  typealias Question = (Relation, SQL?, [Column], Bool) -> SQL

  let columns: [Column]
  let targetColumns: [Column]
  let sameEncoding: Bool
  private(set) var source: (relation: Relation, predicate: SQL?)
  private(set) var target: (relation: Relation, predicate: SQL?)
  let guarded: [QualifiedName]
  /// What rows can be looked for by; nil where that isn't possible.
  private(set) var time: TimeRange?

  /// Compares what queries see, however it is stored.
  ///
  /// - Throws: `TaskFailure` when the columns differ.
  init(rowsOf pair: ChunkPair, sameEncoding: Bool) throws(TaskFailure) {
    do {
      let pairs = try pair.columns()
      columns = pairs.map(\.source)
      targetColumns = pairs.map(\.target)
      let predicate = pair.isWholeChunk ? nil : try pair.timePredicate()
      source = (Relation(pair.source.name, only: pair.source.compressed == nil), predicate)
      target =
        if let chunk = pair.target { (Relation(chunk.name), predicate) } else {
          (Relation(pair.targetHypertable), try pair.hypertablePredicate())
        }
    } catch {
      throw TaskFailure(error)
    }
    self.sameEncoding = sameEncoding
    guarded = SourceGuard.relations(of: pair.source)
    time = TimeRange(pair)
  }

  /// Compares compressed tuples as they are, which reads far less; nil where they don't stand for the same on both sides
  /// or aren't all there is.
  init?(tuplesOf pair: ChunkPair, sameEncoding: Bool) {
    guard pair.isWholeChunk, let target = pair.target, let ours = target.compressed,
      let theirs = pair.source.compressed, target.status == pair.source.status,
      !target.status.contains(.partial), ours.holdsSameTuples(as: theirs),
      target.hasSameMissingValues(as: pair.source), pair.source.hasPortableBatches
    else { return nil }
    columns = theirs.columns
    // In the source's order, which the target's need not have.
    let twins = Dictionary(ours.columns.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    targetColumns = theirs.columns.compactMap { twins[$0.name] }
    self.sameEncoding = sameEncoding
    source = (Relation(theirs.name), nil)
    self.target = (Relation(ours.name), nil)
    guarded = [pair.source.name, theirs.name]
  }

  /// Compares only the rows in a range of time.
  func within(_ time: TimeRange) -> Comparison {
    var part = self
    part.time = time
    guard let predicate = time.predicate else { return part }
    part.source.predicate = source.predicate.map { "\($0) AND \(predicate)" } ?? predicate
    part.target.predicate = target.predicate.map { "\($0) AND \(predicate)" } ?? predicate
    return part
  }

  /// A row count and sums of each side's rows together.
  func ask(
    _ question: Question, sums: Int, sessions: borrowing WorkerSessions
  ) throws -> (source: Checksum, target: Checksum) {
    let answers = try ask(question, sessions: sessions) { row throws(PostgresError) in
      try Checksum(row, columns: sums)
    }
    // An aggregate without groups has one row.
    return (answers.source[0], answers.target[0])
  }

  /// A row count and sums of the target's rows alone.
  ///
  /// - Throws: `PostgresError`.
  func askTarget(
    _ question: Question, sums: Int, on connection: borrowing Connection
  ) throws(PostgresError) -> Checksum {
    try connection.queryRow(
      question(target.relation, target.predicate, targetColumns, sameEncoding),
      doing: "comparing chunk \(target.relation.name)"
    ) { row throws(PostgresError) in try Checksum(row, columns: sums) }
  }

  /// Asks both sides at the same time.
  ///
  /// - Throws: `TaskFailure`, worth retrying, when the source was moved about meanwhile.
  func ask<Answer>(
    _ question: Question, sessions: borrowing WorkerSessions, read: (Row) throws(PostgresError) -> Answer
  ) throws -> (source: [Answer], target: [Answer]) {
    let operation = "comparing chunk \(source.relation.name)"
    try sessions.source.send(
      question(source.relation, source.predicate, columns, sameEncoding) + ";"
        + SourceGuard.filesAreSame(guarded), doing: operation)
    try sessions.target.send(
      question(target.relation, target.predicate, targetColumns, sameEncoding), doing: operation)
    let there: Result<([Answer], isIntact: Bool), any Error>
    do {
      let answers = try sessions.source.nextRows(doing: operation, read)
      let intact = try sessions.source.rows(doing: operation, SourceGuard.isAsDescribed)
      there = .success((answers, intact.first == true))
    } catch {
      there = .failure(SourceGuard.reason(for: error, from: sessions.source))
    }
    let here = try sessions.target.rows(doing: operation, read)
    let (answers, isIntact) = try there.get()
    guard isIntact else { throw SourceGuard.failure }
    return (answers, here)
  }
}
