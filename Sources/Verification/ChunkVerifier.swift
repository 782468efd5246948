public import ChunkCatalog
import Copying
import Postgres
public import TaskEngine
import TimescaleDB

/// Compares what a query through the source's chunk sees in the task's range with what one on the target sees, on
/// both servers at the same time. A chunk may be compressed on one side and not on the other.
public struct ChunkVerifier: TaskWork {
  public init() {}

  public var kind: Queue.Work { .verifying }

  public func perform(
    _ task: BackfillTask, sessions: borrowing WorkerSessions, transaction: TaskTransaction,
    moved: (Int) -> Void
  ) throws -> TaskOutcome {
    let task = task.whole
    try task.refuseForeignFilter()
    guard let facts = try ChunkFacts.find(for: task, sessions: sessions, lockingTarget: false) else {
      let reason = "the chunk is gone from the source, so there is nothing to compare with"
      return TaskOutcome(
        kind: .skipped, remarks: [reason], closing: TaskTransaction.verified(task, message: reason))
    }
    if let tuples = Comparison(tuplesOf: facts, sessions: sessions) {
      let found = try tuples.ask(Checksum.ofTuples, sums: 2, sessions: sessions)
      if found.source == found.target, let rows = Int64(found.source.sums[1]) {
        return TaskOutcome(
          kind: .verified, rows: rows,
          closing: TaskTransaction.verified(
            task, message: "\(rows) rows in \(found.source.rows) compressed tuples are equal"))
      }
    }
    let comparison = try Comparison(rowsOf: facts, sessions: sessions)
    let found = try comparison.ask(Checksum.ofRows, sums: 1, sessions: sessions)
    if found.source == found.target {
      try refuseChange(of: facts.source, on: sessions.source)
      return TaskOutcome(
        kind: .verified, rows: found.source.rows,
        closing: TaskTransaction.verified(task, message: "\(found.source.rows) rows are equal"))
    }
    let message = try comparison.difference(of: found, sessions: sessions).description
    try refuseChange(of: facts.source, on: sessions.source)
    return TaskOutcome(
      kind: .differs, rows: found.source.rows, remarks: [message],
      closing: transaction.differs(task, message: message))
  }

  /// Refuses what was read through a chunk whose state changed meanwhile: rows may have been hidden from the query.
  private func refuseChange(of chunk: ChunkDescription, on source: borrowing Connection) throws {
    guard SourceGuard.dependsOnStatus(chunk) else { return }
    let same = try source.query(SourceGuard.ending(chunk), doing: "comparing chunk \(chunk.name)") {
      row throws(PostgresError) in try row.flag(0)
    }
    guard same.first == true else { throw SourceGuard.failure }
  }
}

extension Comparison {
  /// What to tell about sides that aren't equal.
  fileprivate func difference(
    of found: (source: Checksum, target: Checksum), sessions: borrowing WorkerSessions
  ) throws -> Difference {
    let place = try narrowed(sessions: sessions)
    var differing: [Identifier] = []
    if found.source.rows == found.target.rows {
      let byColumn = try (place ?? self).ask(Checksum.ofColumns, sums: columns.count, sessions: sessions)
      differing = zip(columns, zip(byColumn.source.sums, byColumn.target.sums)).filter { $1.0 != $1.1 }.map(
        \.0.name)
    }
    return Difference(
      rows: (found.source.rows, found.target.rows), columns: differing,
      ends: try place?.ends(sessions: sessions))
  }
}
