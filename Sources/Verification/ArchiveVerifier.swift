import Archive
public import ChunkCatalog
public import ChunkPairs
public import Postgres
public import TaskEngine
import TimescaleDB

/// Compares what the target has in a task's range with what the source had when the archive was made, by the checksum
/// in the file's description. The file itself isn't read.
public struct ArchiveVerifier: TaskWork {
  private let setting: PairSetting
  private let archive: TaskArchive

  public init(_ setting: PairSetting, _ archive: TaskArchive) {
    self.setting = setting
    self.archive = archive
  }

  public var kind: Queue.Work { .verifying }

  public func preparation(of side: Side) -> SQL { setting.preparation(of: side) }

  public func perform(
    _ task: BackfillTask, sessions: borrowing WorkerSessions, transaction: TaskTransaction,
    tell: (TaskNews) -> Void
  ) throws -> TaskOutcome {
    try task.refuseForeignFilter()
    let result = try compare(task, on: sessions.target, tell)
    let message = transaction.words.verifyMessage(result)
    guard case .differs(let difference) = result else {
      let rows: Int64 = if case .equalRows(let rows) = result { rows } else { 0 }
      return TaskOutcome(
        kind: .verified, rows: rows, closing: transaction.verified(task, message: message))
    }
    return TaskOutcome(
      kind: .differs, rows: difference.sourceRows, remarks: [.comparison(result)],
      closing: transaction.differs(task, message: message))
  }

  private func compare(
    _ task: BackfillTask, on target: borrowing Connection, _ tell: (TaskNews) -> Void
  ) throws -> ComparisonResult {
    let archived = try archive.chunk(of: task)
    let pair = try ChunkPair.find(
      for: task, described: archived.chunk, setting, on: target, lockingTarget: false)
    tell(.phase(.comparing))
    // Texts were hashed in UTF-8, as nobody knew of this database.
    let comparison = try Comparison(rowsOf: pair, sameEncoding: false)
    let found = try comparison.askTarget(Checksum.ofRows, sums: 1, on: target)
    guard found.rows == archived.rows, found.sums == [archived.checksum] else {
      return .differs(Difference(sourceRows: archived.rows, targetRows: found.rows))
    }
    return .equalRows(found.rows)
  }
}
