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
      let found = try StagedHypertable.all(source: source, target: target)
      let hypertables = found.staged
      if hypertables.isEmpty {
        reporter.report(.note(.queue(.windowsUnknown)))
      }
      if hypertables.allSatisfy({ $0.tasks.allSatisfy(\.isCopied) }) {
        for finding in try SequenceCheck(hypertables).findings(source: source, target: target) {
          reporter.report(.warning(.completeness(.sequence(finding))))
        }
      }
      try warn(of: found, reporter, on: target)
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
      var found = try StagedHypertable.all(source: source, target: target)
      while true {
        let searched = found.staged
        let strays = try searched.compactMap { try StrayRowSearch.find($0, on: target) }
        // An application that writes to both databases may have made a chunk on both since the source was asked: its rows
        // are no strays, and whoever deletes them loses them.
        if !strays.isEmpty { found = try StagedHypertable.all(source: source, target: target) }
        guard found.staged.map(\.sourceParts) != searched.map(\.sourceParts) else {
          try warn(of: found, reporter, on: target)
          return (try found.staged.compactMap { try $0.unstaged(on: target) }, strays)
        }
      }
    } ?? ([], [])
  }

  /// Source chunks without a task, for which no rows are read.
  ///
  /// - Throws: `CommandFailure`.
  func unstaged() async throws(CommandFailure) -> [UnstagedChunks] {
    try await run { source, target in
      try StagedHypertable.all(source: source, target: target).staged.compactMap {
        try $0.unstaged(on: target)
      }
    } ?? []
  }

  /// Retention drops chunks, too, so that this may well be as it is to be.
  private func warn(
    of found: (staged: [StagedHypertable], goneFromSource: [QualifiedName]), _ reporter: any Reporter,
    on target: borrowing Connection
  ) throws(PostgresError) {
    if !found.goneFromSource.isEmpty {
      reporter.report(.warning(.completeness(.goneFromSource(found.goneFromSource))))
    }
    for hypertable in found.staged {
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
