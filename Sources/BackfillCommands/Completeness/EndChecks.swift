import ChunkCatalog
import Postgres
import TimescaleDB
import Waiting

/// What is looked at when a run ends, beyond the tasks of the queue: whether they are all that there is to do.
struct EndChecks {
  private let session: QueueSession

  /// - Parameter session: the run's, which still has the queue's lock.
  init(_ session: QueueSession) { self.session = session }

  /// After copying: source chunks without a task. Of copied rows that are gone, and, once all tasks are copied, of sequences
  /// that fell behind, is only warned.
  ///
  /// - Throws: `CommandFailure`.
  func ofCopy(_ reporter: any Reporter) async throws(CommandFailure) -> [UnstagedChunks] {
    try await run { source, target in
      let hypertables = try StagedHypertable.all(source: source, target: target)
      if hypertables.isEmpty {
        reporter.report(.note(.queue(.windowsUnknown)))
      }
      if hypertables.allSatisfy({ $0.tasks.allSatisfy(\.isCopied) }) {
        for finding in try SequenceCheck(hypertables).findings(source: source, target: target) {
          reporter.report(.warning(.completeness(.sequence(finding))))
        }
      }
      try warn(of: hypertables, reporter, source: source, on: target)
      return try hypertables.compactMap { try $0.unstaged(on: target) }
    } ?? []
  }

  /// After comparing: source chunks without a task, and rows of the target where the source has no chunk. Of copied rows that
  /// are gone is only warned.
  ///
  /// - Throws: `CommandFailure`.
  func ofVerify(
    _ reporter: any Reporter
  ) async throws(CommandFailure) -> (unstaged: [UnstagedChunks], strays: [StrayRows]) {
    try await run { source, target in
      var hypertables = try StagedHypertable.all(source: source, target: target)
      while true {
        let searched = hypertables
        let strays = try searched.compactMap { try StrayRowSearch.find($0, on: target) }
        // An application that writes to both databases may have made a chunk on both since the source was asked: its rows
        // are no strays, and whoever deletes them loses them.
        if !strays.isEmpty { hypertables = try StagedHypertable.all(source: source, target: target) }
        guard hypertables.map(\.sourceParts) != searched.map(\.sourceParts) else {
          try warn(of: hypertables, reporter, source: source, on: target)
          return (try hypertables.compactMap { try $0.unstaged(on: target) }, strays)
        }
      }
    } ?? ([], [])
  }

  /// Source chunks without a task, for which no rows are read.
  ///
  /// - Throws: `CommandFailure`.
  func unstaged() async throws(CommandFailure) -> [UnstagedChunks] {
    try await run { source, target in
      try StagedHypertable.all(source: source, target: target).compactMap { try $0.unstaged(on: target) }
    } ?? []
  }

  /// Retention drops chunks, too, so that this may well be as it is to be.
  private func warn(
    of hypertables: [StagedHypertable], _ reporter: any Reporter, source: borrowing Connection,
    on target: borrowing Connection
  ) throws(PostgresError) {
    let gone = try StagedHypertable.goneFromSource(source, but: hypertables, target: target)
    if !gone.isEmpty { reporter.report(.warning(.completeness(.goneFromSource(gone)))) }
    for hypertable in hypertables {
      guard let chunks = try hypertable.vanished(on: target) else { continue }
      reporter.report(.warning(.completeness(.vanished(chunks))))
    }
  }

  /// - Returns: nil for a run that was stopped.
  private func run<Value: Sendable>(
    _ body: @escaping @Sendable (borrowing Connection, borrowing Connection) throws -> Value
  ) async throws(CommandFailure) -> Value? {
    guard !session.isAskedToStop else { return nil }
    return try await DedicatedThread.run { () throws(CommandFailure) in
      try CommandFailure.converting {
        let source = try session.session(on: .source)
        return try session.lend { target in try body(source, target) }
      }
    }
  }
}
