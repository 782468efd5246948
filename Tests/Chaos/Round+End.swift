import Foundation
import TestServers

/// What follows the faults. Whatever they did, either all is well or a command says what isn't, and what it advises mends
/// it.
extension Round {
  /// Ends what the faults began, and the copy.
  func settle() async throws {
    countTraps()
    stand.sourceProxy.heal()
    stand.targetProxy.heal()
    try await stopCopying()
  }

  /// Ends the copy if one runs, which leaves what is in flight.
  func stopCopying() async throws {
    guard let running = copy else { return }
    if await running.isRunning {
      wasInterrupted = true
      await running.signal(SIGTERM)
      // Taken one by one: two at the same time are one.
      try await Task.sleep(for: .milliseconds(50))
      await running.signal(SIGTERM)
    }
    try await collect(running)
  }

  /// The last copy: nothing disturbs it, and nothing may be left after it. Sessions of copies that were killed may
  /// hold their tasks for a moment longer, so it may take more than one.
  func finish() async throws {
    if needsStaging { try await stageAll() }
    try await runToEnd(
      ["copy", "-p4"], tries: 20, mending: { _ = try await self.mend(as: $0) },
      isDone: { $0.exitCode == 0 || $0.stderr.contains("staged chunks have been copied") })
    let left = try target.value("SELECT count(*) FROM __backfill.task WHERE worked IS NULL")
    guard left == "0" else { throw ChaosFailure("\(left ?? "?") tasks are left after the last copy") }
  }

  func verify() async throws {
    try await runToEnd(
      ["verify", "-p4"], tries: 6, mending: { if try await self.mend(as: $0) { try await self.finish() } },
      isDone: { $0.exitCode == 0 || $0.stderr.contains("copied chunks have been verified") })
  }

  /// Whether the target may have rows of a time that nothing is staged for any more: of chunks that were put back into the
  /// queue, taken out of it by a staging with an earlier end, and dropped on the source before the next one.
  private var mayHoldDroppedRows: Bool { report.droppedHours > 0 && report.faults[Self.putBack] != nil }

  nonisolated(unsafe) private static let strayRows = /"retained": the target has rows.*\n.*(DELETE FROM .*)/

  /// Does what a command that failed gave as the way out.
  ///
  /// - Returns: whether there was one.
  private func mend(as outcome: BackfillProcess.Outcome) async throws -> Bool {
    if outcome.stderr.contains("stage again") {
      report.count("staged again as advised")
      try await stageAll()
    } else if outcome.exitCode == 3, mayHoldDroppedRows,
      let advised = outcome.stderr.firstMatch(of: Self.strayRows)
    {
      // Which rows that may be is the judge's to say, after they are gone.
      report.count("rows dropped on the source deleted on the target as advised")
      try target.execute(String(advised.output.1))
    } else if outcome.exitCode == 3, report.refreshes > 0 {
      // Buckets that were copied, and computed by the target before their rows were there.
      report.count("differing buckets copied again as advised")
      try target.execute(
        """
        UPDATE __backfill.task SET worked = NULL, verified = NULL
        WHERE hypertable_name LIKE '\\_materialized%' AND verified IS NULL
        """)
    } else {
      return false
    }
    return true
  }

  /// Runs a command until it ends well.
  ///
  /// - Parameter mend: called after a failure.
  func runToEnd(
    _ arguments: [String], tries: Int,
    mending mend: ((BackfillProcess.Outcome) async throws -> Void)? = nil,
    isDone: (BackfillProcess.Outcome) -> Bool
  ) async throws {
    for number in 1...tries {
      let outcome = try await backfill.run(arguments, limit: .seconds(300))
      try expectNoCrash(
        outcome, mayBeKilled: false, mayBeInterrupted: false,
        mayDiffer: arguments[0] == "verify" && (report.refreshes > 0 || mayHoldDroppedRows))
      if isDone(outcome) { return }
      guard number < tries, outcome.exitCode == 1 || outcome.exitCode == 3 else {
        throw ChaosFailure("\(arguments): \(outcome)")
      }
      report.repeats.append("\(arguments[0]): \(outcome.stderr.prefix(600))")
      try await mend?(outcome)
      try await Task.sleep(for: .milliseconds(100 * number))
    }
  }
}
