public import ChunkCatalog
public import CopyEngine
public import Postgres
import TimescaleDB

/// Compares what a query through the source's chunk sees in the task's range with what one on the target sees, on
/// both servers at the same time. A chunk may be compressed on one side and not on the other.
public struct ChunkVerifier: TaskWork {
  public init() {}

  public func claim(_ queue: Queue) -> SQL { queue.claimForVerify }

  public func perform(
    _ task: BackfillTask, sessions: borrowing WorkerSessions, queue: Queue, moved: (Int) -> Void
  ) throws -> TaskOutcome {
    try task.refuseForeignFilter()
    guard let facts = try ChunkFacts.find(for: task, sessions: sessions, lockingTarget: false) else {
      let reason = "the chunk is gone from the source, so there is nothing to compare with"
      return TaskOutcome(
        kind: .skipped, remarks: [reason], closing: Queue.verified(task, message: reason))
    }
    let comparison = try Comparison(facts, sessions: sessions)
    let found = try comparison.ask(Checksum.ofRows, sums: 1, sessions: sessions)
    if found.source == found.target {
      return TaskOutcome(
        kind: .verified, rows: found.source.rows,
        closing: Queue.verified(task, message: "\(found.source.rows) rows are equal"))
    }
    let byColumn = try comparison.ask(
      Checksum.ofColumns, sums: comparison.columns.count, sessions: sessions)
    let message = Difference(
      source: byColumn.source, target: byColumn.target, columns: comparison.columns.map(\.name)
    ).description
    return TaskOutcome(
      kind: .differs, rows: found.source.rows, remarks: [message],
      closing: queue.differs(task, message: message))
  }
}

/// What is compared with what.
private struct Comparison {
  typealias Question = (QualifiedName, SQL?, [Column], Bool) -> SQL

  let columns: [Column]
  let targetColumns: [Column]
  let sameEncoding: Bool
  let source: (relation: QualifiedName, predicate: SQL?)
  let target: (relation: QualifiedName, predicate: SQL?)
  let guarded: [QualifiedName]

  init(_ facts: CopyPlan.Facts, sessions: borrowing WorkerSessions) throws {
    let theirs = Dictionary(
      facts.targetColumns.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    let pairs = facts.source.columns.compactMap { column in theirs[column.name].map { (column, $0) } }
    guard pairs.count == facts.source.columns.count, pairs.count == facts.targetColumns.count else {
      throw TaskFailure(
        "the columns of the source's chunk and of the target's \(facts.targetHypertable) differ",
        advice: "make the hypertables' columns equal, then run verify again")
    }
    if let (column, twin) = pairs.first(where: { $0.type != $1.type }) {
      throw TaskFailure(
        "column \(column.name) is \(column.type) on the source and \(twin.type) on the target",
        advice: "make the hypertables' columns equal, then run verify again")
    }
    columns = pairs.map(\.0)
    targetColumns = pairs.map(\.1)
    sameEncoding = sessions.sourceInstallation.encoding == sessions.targetInstallation.encoding
    do {
      let predicate = facts.isWholeChunk ? nil : try facts.timePredicate()
      source = (facts.source.name, predicate)
      target =
        if let chunk = facts.target { (chunk.name, predicate) } else {
          (facts.targetHypertable, try facts.hypertablePredicate())
        }
    } catch {
      throw TaskFailure(error.reason, advice: error.advice)
    }
    guarded = [facts.source.name] + (facts.source.compressed.map { [$0.name] } ?? [])
  }

  func ask(
    _ question: Question, sums: Int, sessions: borrowing WorkerSessions
  ) throws -> (source: Checksum, target: Checksum) {
    let operation = "comparing chunk \(source.relation)"
    try sessions.source.send(
      question(source.relation, source.predicate, columns, sameEncoding) + ";"
        + CopyStream.guardSQL(guarded), doing: operation)
    try sessions.target.send(
      question(target.relation, target.predicate, targetColumns, sameEncoding), doing: operation)
    let there: [Checksum] = try sessions.source.nextRows(doing: operation) { row throws(PostgresError) in
      try Checksum(row, columns: sums)
    }
    let intact = try sessions.source.rows(doing: operation) { row throws(PostgresError) in try row.flag(0) }
    let here = try sessions.target.rows(doing: operation) { row throws(PostgresError) in
      try Checksum(row, columns: sums)
    }
    guard intact.first == true, let there = there.first, let here = here.first else {
      throw TaskFailure(
        "the chunk was compressed, decompressed or truncated on the source while it was being read",
        isWorthRetrying: true)
    }
    return (there, here)
  }
}

/// A difference in words.
struct Difference: CustomStringConvertible {
  let source: Checksum
  let target: Checksum
  let columns: [Identifier]

  var description: String {
    let counts =
      source.rows == target.rows
      ? "\(source.rows) rows on both sides"
      : "\(source.rows) rows on the source, \(target.rows) on the target"
    let differing = zip(columns, zip(source.sums, target.sums)).filter { $1.0 != $1.1 }.map(\.0.description)
    if differing.isEmpty {
      return source.rows == target.rows
        ? "\(counts), each column by itself has equal values but rows combine them differently"
        : counts
    }
    return "\(counts); column\(differing.count == 1 ? "" : "s") \(differing.joined(separator: ", ")) differ"
      + (differing.count == 1 ? "s" : "")
  }
}
