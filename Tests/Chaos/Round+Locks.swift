import TestServers

/// What others hold on the target while the copy wants it.
extension Round {
  enum Hold {
    case locking
    case reading
  }

  /// Holds on to a chunk that is still to be copied until the copy has waited for it that long.
  ///
  /// - Returns: whether somebody waited.
  func holdChunk(_ hold: Hold, for milliseconds: Int) async throws -> Bool {
    let session = try target.session(limit: .seconds(60))
    let chunk = try session.query(
      """
      SELECT format('%I.%I', target_chunk_schema, target_chunk_name) FROM __backfill.task
      WHERE worked IS NULL AND target_chunk_name IS NOT NULL AND \(hold == .reading ? Self.lockedStrongly : "true")
      ORDER BY priority DESC LIMIT 1 FOR UPDATE SKIP LOCKED
      """
    ).first?[0]
    guard let chunk else { return false }
    try session.execute("BEGIN; SET LOCAL lock_timeout = '400ms'")
    switch hold {
    case .locking: try session.execute("LOCK TABLE \(chunk) IN ACCESS EXCLUSIVE MODE")
    case .reading: try session.execute("SELECT count(*) FROM \(chunk)")
    }
    let observer = try target.session(limit: .seconds(60))
    let (waiter, told) = (copy, "held by process \(session.backendPID)")
    let hit = try await waitWhileCopying {
      // It waits for moments only, and tells whom for if that goes on.
      if waiter?.errors.contains(told) == true { return true }
      return try observer.query(
        "SELECT FROM \(TestDatabase.locks) WHERE NOT granted AND relation = \(quotedLiteral(chunk))::regclass"
      ).count > 0
    }
    if hit { try await Task.sleep(for: .milliseconds(milliseconds)) }
    try session.execute("ROLLBACK")
    return hit
  }

  /// Chunks whose form or indexes copying changes, which no reader may see; the others it fills beside readers.
  private static let lockedStrongly = "hypertable_name IN ('packed', 'partly', 'named', 'large')"

  /// Locks a task that nobody has claimed, until the copy has nothing else to do, or has ended for it.
  ///
  /// - Returns: whether the copy said that it waits.
  /// - Throws: `ChaosFailure` when the copy calls its work done.
  func lockTask(toTheEnd: Bool) async throws -> Bool {
    guard let running = copy else { return false }
    let session = try target.session(limit: .seconds(60))
    try session.execute("BEGIN")
    let locked = try session.query(
      """
      SELECT priority FROM __backfill.task WHERE worked IS NULL ORDER BY priority DESC LIMIT 1 FOR UPDATE SKIP LOCKED
      """)
    guard !locked.isEmpty else { return false }
    let hit = try await waitWhileCopying { running.output.contains("Waiting for chunk") }
    if toTheEnd, hit {
      let ending = try await collect(running)
      guard ending == .exited(1) else {
        throw ChaosFailure("copy ended (\(ending)) while task \(locked) was locked by another session")
      }
    }
    try session.execute("ROLLBACK")
    return hit
  }

  /// Waits for something to come about while the copy goes on, and not longer.
  private func waitWhileCopying(
    limit: Duration = .seconds(10), _ question: () throws -> Bool
  ) async throws -> Bool {
    let deadline = ContinuousClock.now + limit
    while let running = copy, ContinuousClock.now < deadline {
      // Asked before: what came about before the end counts.
      let isRunning = await running.isRunning
      if try question() { return true }
      guard isRunning else { return false }
      try await Task.sleep(for: .milliseconds(10))
    }
    return false
  }
}
