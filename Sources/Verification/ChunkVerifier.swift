public import ChunkCatalog
public import ChunkPairs
public import Postgres
public import TaskEngine
import TimescaleDB

/// Compares what a query through the source's chunk sees in the task's range with what one on the target sees, on
/// both servers at the same time. A chunk may be compressed on one side and not on the other.
public struct ChunkVerifier: TaskWork {
  private let setting: PairSetting

  public init(_ setting: PairSetting) { self.setting = setting }

  public var kind: Queue.Work { .verifying }

  public func preparation(of side: Side) -> SQL { setting.preparation(of: side) }

  public func perform(
    _ task: BackfillTask, sessions: borrowing WorkerSessions, transaction: TaskTransaction,
    moved: (Int) -> Void
  ) throws -> TaskOutcome {
    let task = task.whole
    try task.refuseForeignFilter()
    let finding = try compare(task, sessions)
    switch finding {
    case .chunkIsGone:
      return TaskOutcome(
        kind: .skipped, remarks: [finding.text],
        closing: TaskTransaction.verified(task, message: finding.text))
    case .equalRows(let rows), .equalTuples(_, let rows):
      return TaskOutcome(
        kind: .verified, rows: rows, closing: TaskTransaction.verified(task, message: finding.text))
    case .differs(let difference):
      return TaskOutcome(
        kind: .differs, rows: difference.rows.source, remarks: [finding.text],
        closing: transaction.differs(task, message: finding.text))
    }
  }

  private func compare(_ task: BackfillTask, _ sessions: borrowing WorkerSessions) throws -> Finding {
    guard let pair = try ChunkPair.find(for: task, setting, sessions: sessions, lockingTarget: false) else {
      return .chunkIsGone
    }
    if let tuples = Comparison(tuplesOf: pair, sameEncoding: setting.encodingsAgree) {
      let found = try tuples.ask(Checksum.ofTuples, sums: 2, sessions: sessions)
      if found.source == found.target, let rows = Int64(found.source.sums[1]) {
        return .equalTuples(found.source.rows, rows: rows)
      }
    }
    let comparison = try Comparison(rowsOf: pair, sameEncoding: setting.encodingsAgree)
    let found = try comparison.ask(Checksum.ofRows, sums: 1, sessions: sessions)
    let finding =
      found.source == found.target
      ? Finding.equalRows(found.source.rows)
      : .differs(try comparison.difference(of: found, sessions: sessions))
    // Rows may have been hidden from what was read through a chunk whose state has changed since.
    try SourceGuard.refuseChange(of: pair.source, on: sessions.source)
    return finding
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
