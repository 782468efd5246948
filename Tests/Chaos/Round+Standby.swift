import TestServers

extension Round {
  /// Rows that were away are back on the source, where they are staged; the copy is led to a standby that has not
  /// replayed that yet, and back to the source in the end.
  ///
  /// - Returns: whether the copy said that it waits.
  /// - Throws: `ChaosFailure` when chunks are copied from what the standby has.
  func lagBehind(inHour hour: Int) async throws -> Bool {
    try await stopCopying()
    let standby = try await stand.standby()
    try await takeAway(inHour: hour) {
      try await stand.source.waitUntilReplayed(on: standby)
      try standby.executeAsSuperuser("SELECT pg_wal_replay_pause()")
    }
    defer {
      try? standby.executeAsSuperuser("SELECT pg_wal_replay_resume()")
      stand.sourceProxy.lead(to: stand.source.port)
      stand.sourceProxy.cutAll()
    }
    try target.execute("UPDATE __backfill.task SET worked = NULL, verified = NULL WHERE \(Self.takenAway)")
    try await stageAll()
    stand.sourceProxy.lead(to: standby.port)
    try await ensureCopying()
    guard let running = copy else { return false }
    let told = "this standby has not replayed all that was there at staging"
    try await running.waitUntilOutput(contains: told, limit: .seconds(30))
    let early = try target.value(
      "SELECT count(*) FROM __backfill.task WHERE worked IS NOT NULL AND \(Self.takenAway)")
    guard early == "0" else {
      throw ChaosFailure("\(early ?? "?") chunks were copied from a lagging standby")
    }
    try standby.executeAsSuperuser("SELECT pg_wal_replay_resume()")
    try await stand.source.waitUntilReplayed(on: standby)
    // For a while the standby is read.
    try await Task.sleep(for: .milliseconds(400))
    return true
  }

  private static let takenAway = "hypertable_name = 'plain'"

  /// Deletes rows from the source, and puts the same ones back.
  private func takeAway(inHour hour: Int, _ meanwhile: () async throws -> Void) async throws {
    let rows = "time >= '2024-01-01 0\(hour):10Z' AND time < '2024-01-01 0\(hour):50Z'"
    try source.execute(
      "CREATE TABLE kept AS SELECT * FROM plain WHERE \(rows); DELETE FROM plain WHERE \(rows)")
    let outcome: Result<Void, any Error>
    do { outcome = .success(try await meanwhile()) } catch { outcome = .failure(error) }
    try source.execute("INSERT INTO plain SELECT * FROM kept; DROP TABLE kept")
    try outcome.get()
  }
}
