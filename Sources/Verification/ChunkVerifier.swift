public import ChunkCatalog
public import ChunkPairs
public import Postgres
public import TaskEngine
import TimescaleDB

/// Compares what a query through the source's chunk sees in the task's range with what one on the target sees, on
/// both servers at the same time. A chunk may be compressed on one side and not on the other.
public struct ChunkVerifier: TaskWork {
  /// What of the rows is compared.
  public enum Depth: Sendable, Equatable {
    /// Every value. Chunks that are equal are marked as verified.
    case values
    /// How many there are, which proves nothing that would be marked.
    case counts
  }

  private let setting: PairSetting
  private let depth: Depth

  public init(_ setting: PairSetting, _ depth: Depth = .values) {
    self.setting = setting
    self.depth = depth
  }

  public var kind: Queue.Work { .verifying }

  public func preparation(of side: Side) -> SQL { setting.preparation(of: side) }

  public func perform(
    _ task: BackfillTask, sessions: borrowing WorkerSessions, transaction: TaskTransaction,
    tell: (TaskNews) -> Void
  ) throws -> TaskOutcome {
    let task = task.whole
    try task.refuseForeignFilter()
    var bytesRead: Int64 = 0
    let result = try compare(task, sessions, &bytesRead, tell)
    let message = transaction.words.verifyMessage(result)
    switch result {
    case .chunkIsGone:
      return TaskOutcome(
        kind: .skipped, remarks: [.comparison(result)],
        closing: depth == .values
          ? transaction.verified(task, message: message) : transaction.passed(task))
    case .equalRows(let rows), .equalTuples(_, let rows):
      return TaskOutcome(
        kind: .verified, rows: rows, bytesRead: bytesRead,
        closing: transaction.verified(task, message: message))
    case .equalCounts(let rows):
      return TaskOutcome(
        kind: .counted, rows: rows, bytesRead: bytesRead, closing: transaction.passed(task))
    case .differs(let difference):
      return TaskOutcome(
        kind: .differs, rows: difference.sourceRows, bytesRead: bytesRead, remarks: [.comparison(result)],
        closing: transaction.differs(task, message: message))
    }
  }

  /// - Parameter bytesRead: grows by what the source has to read.
  private func compare(
    _ task: BackfillTask, _ sessions: borrowing WorkerSessions, _ bytesRead: inout Int64,
    _ tell: (TaskNews) -> Void
  ) throws -> ComparisonResult {
    guard let pair = try ChunkPair.find(for: task, setting, sessions: sessions, lockingTarget: false) else {
      return .chunkIsGone
    }
    let size = pair.storedSizeOnSource
    bytesRead += size
    tell(.phase(.comparing))
    guard depth == .values else { return try count(pair, sessions) }
    if let tuples = Comparison(tuplesOf: pair, sameEncoding: setting.encodingsAgree) {
      let found = try tuples.ask(Checksum.ofTuples, sums: 2, sessions: sessions)
      if found.source == found.target, let rows = Int64(found.source.sums[1]) {
        return .equalTuples(found.source.rows, rows: rows)
      }
      bytesRead += size
    }
    let comparison = try Comparison(rowsOf: pair, sameEncoding: setting.encodingsAgree)
    let found = try comparison.ask(Checksum.ofRows, sums: 1, sessions: sessions)
    let result: ComparisonResult
    if found.source == found.target {
      result = .equalRows(found.source.rows)
    } else {
      // Once more for where they differ; what is read then to narrow that down is a small part.
      bytesRead += size
      tell(.phase(.locating))
      result = .differs(try comparison.difference(of: found, sessions: sessions))
    }
    // Rows may have been hidden from what was read through a chunk whose state has changed since.
    try SourceGuard.refuseChange(of: pair.source, on: sessions.source)
    return result
  }

  /// Counts the rows that a comparison of their values would read.
  private func count(_ pair: ChunkPair, _ sessions: borrowing WorkerSessions) throws -> ComparisonResult {
    let comparison = try Comparison(rowsOf: pair, sameEncoding: setting.encodingsAgree)
    let found = try comparison.ask(Checksum.ofCount, sums: 0, sessions: sessions)
    try SourceGuard.refuseChange(of: pair.source, on: sessions.source)
    guard found.source.rows == found.target.rows else {
      return .differs(Difference(sourceRows: found.source.rows, targetRows: found.target.rows))
    }
    return .equalCounts(found.source.rows)
  }
}

extension ChunkPair {
  /// Bytes that reading the task's rows takes on the source, more or less: of a part of a chunk, its share of the time.
  fileprivate var storedSizeOnSource: Int64 {
    guard !isWholeChunk, let index = source.timeIndex, index < source.slices.count else {
      return source.storedSize
    }
    let slice = source.slices[index]
    let part = bounds.part(of: slice)
    let share = (Double(part.upper) - Double(part.lower)) / max(1, Double(slice.upper) - Double(slice.lower))
    return Int64(Double(source.storedSize) * min(1, max(0, share)))
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
      sourceRows: found.source.rows, targetRows: found.target.rows, columns: differing,
      ends: try place?.ends(sessions: sessions))
  }
}
