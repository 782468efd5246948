import Copying
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
  init(rowsOf facts: CopyPlan.Facts, sessions: borrowing WorkerSessions) throws {
    let theirs = Dictionary(
      facts.targetColumns.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    let pairs = facts.source.columns.compactMap { column in theirs[column.name].map { (column, $0) } }
    guard pairs.count == facts.source.columns.count, pairs.count == facts.targetColumns.count else {
      throw TaskFailure(
        "the columns of the source's chunk and of the target's \(facts.targetHypertable) differ",
        advice: "make the hypertables' columns equal, then run verify again")
    }
    if let (column, twin) = pairs.first(where: { !$1.hasSameType(as: $0) }) {
      throw TaskFailure(
        twin.difference(from: column),
        advice: "make the hypertables' columns equal, then run verify again")
    }
    columns = pairs.map(\.0)
    targetColumns = pairs.map(\.1)
    sameEncoding = sessions.sourceInstallation.encoding == sessions.targetInstallation.encoding
    do {
      let predicate = facts.isWholeChunk ? nil : try facts.timePredicate()
      source = (Relation(facts.source.name, only: facts.source.compressed == nil), predicate)
      target =
        if let chunk = facts.target { (Relation(chunk.name), predicate) } else {
          (Relation(facts.targetHypertable), try facts.hypertablePredicate())
        }
    } catch {
      throw TaskFailure(error.reason, advice: error.advice)
    }
    guarded = SourceGuard.relations(of: facts.source)
    time = TimeRange(facts)
  }

  /// Compares compressed tuples as they are, which reads far less; nil where they don't stand for the same on both sides
  /// or aren't all there is.
  init?(tuplesOf facts: CopyPlan.Facts, sessions: borrowing WorkerSessions) {
    guard facts.isWholeChunk, let target = facts.target, let ours = target.compressed,
      let theirs = facts.source.compressed, target.status == facts.source.status,
      !target.status.contains(.partial), ours.holdsSameTuples(as: theirs),
      target.hasSameMissingValues(as: facts.source), facts.source.hasPortableBatches
    else { return nil }
    columns = theirs.columns
    // In the source's order, which the target's need not have.
    let twins = Dictionary(ours.columns.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    targetColumns = theirs.columns.compactMap { twins[$0.name] }
    sameEncoding = sessions.sourceInstallation.encoding == sessions.targetInstallation.encoding
    source = (Relation(theirs.name), nil)
    self.target = (Relation(ours.name), nil)
    guarded = [facts.source.name, theirs.name]
  }

  /// The same for the rows of a range of time.
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
      let intact = try sessions.source.rows(doing: operation) { row throws(PostgresError) in try row.flag(0) }
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
