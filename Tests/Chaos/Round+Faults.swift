import Foundation
import TestServers

extension Round {
  /// Does the worst. What it couldn't do, as the fault before still has its effect say, is noted and no failure.
  func perform(_ fault: Fault) async {
    do {
      try await inflict(fault)
      report.count(fault.kind)
    } catch {
      report.missed.append("\(fault.kind): \("\(error)".prefix(200))")
    }
  }

  private func inflict(_ fault: Fault) async throws {
    switch fault {
    case .killTool:
      wasKilled = true
      await copy?.signal(SIGKILL)
    case .interruptTool(let twice):
      wasInterrupted = true
      await copy?.signal(twice ? SIGTERM : SIGINT)
      if twice {
        try await Task.sleep(for: .milliseconds(50))
        await copy?.signal(SIGTERM)
      }
    case .secondCopy(let milliseconds):
      let second = try backfill.start(["copy", "-p2"])
      try await Task.sleep(for: .milliseconds(milliseconds))
      await second.signal(SIGKILL)
      _ = try await second.wait()
    case .stageAgain:
      // Refused while the copy runs, and nothing new otherwise.
      _ = try await backfill.run(Self.stagings[0], limit: .seconds(60))
    case .cutAll(let side, let abruptly):
      stand.proxy(side).cutAll(abruptly ? .abruptly : .politely)
    case .cutAfter(let side, let bytes):
      stand.proxy(side).cut(afterBytes: bytes)
    case .loseCommitAnswer(let delivered):
      stand.targetProxy.loseAnswer(to: "SET worked =", delivered ? .delivered : .undelivered)
    case .silence(let side, let milliseconds):
      stand.proxy(side).hold()
      defer { stand.proxy(side).release() }
      try await Task.sleep(for: .milliseconds(milliseconds))
    case .fillDisk(let milliseconds):
      let disk = try stand.disk.get()
      try disk.fill()
      defer { disk.empty() }
      try await Task.sleep(for: .milliseconds(milliseconds))
    case .restart, .pause, .terminateBackends, .cancelStatements, .statementTimeout, .lockTimeout,
      .connectionLimit:
      try await strike(fault)
    default: try await change(fault)
    }
  }

  /// What happens to servers and sessions.
  private func strike(_ fault: Fault) async throws {
    switch fault {
    case .restart(let side):
      try await stand.cluster(side).restart(immediate: true)
    case .pause(let side, let milliseconds):
      try stand.cluster(side).pause()
      try? await Task.sleep(for: .milliseconds(milliseconds))
      try stand.cluster(side).resume()
    case .terminateBackends(let side, let all):
      try signalBackends("pg_terminate_backend", side, all: all)
    case .cancelStatements(let side):
      try signalBackends("pg_cancel_backend", side, all: true)
    case .statementTimeout(let side, let milliseconds):
      try await withRole("SET statement_timeout = \(milliseconds)", undo: "RESET statement_timeout", side)
    case .lockTimeout(let side):
      try await withRole("SET lock_timeout = 1", undo: "RESET lock_timeout", side)
    case .connectionLimit(let side):
      try await withRole("CONNECTION LIMIT 1", undo: "CONNECTION LIMIT -1", side)
    default: break
    }
  }

  private func signalBackends(_ function: String, _ side: Fault.Side, all: Bool) throws {
    try stand.cluster(side).executeAsSuperuser(
      """
      SELECT count(\(function)(pid)) FROM (
        SELECT pid FROM pg_stat_activity
        WHERE application_name LIKE 'timescaledb-backfill%' AND datname = \(quotedLiteral("round_\(seed)"))
        ORDER BY md5(pid::text || '\(seed)') \(all ? "" : "LIMIT 1")) AS s
      """)
  }

  /// Alters the role the program uses; for new sessions, so those there are end.
  private func withRole(_ setting: String, undo: String, _ side: Fault.Side) async throws {
    let cluster = stand.cluster(side)
    try cluster.executeAsSuperuser("ALTER ROLE \(TestCluster.appUser) \(setting)")
    defer { try? cluster.executeAsSuperuser("ALTER ROLE \(TestCluster.appUser) \(undo)") }
    try signalBackends("pg_terminate_backend", side, all: false)
    try await Task.sleep(for: .milliseconds(400))
  }

  /// What users do to the databases meanwhile.
  private func change(_ fault: Fault) async throws {
    switch fault {
    case .lockChunk(let milliseconds):
      let session = try target.session(limit: .seconds(5))
      try session.execute("BEGIN; SET LOCAL lock_timeout = '400ms'")
      let chunk =
        try session.query("SELECT c FROM show_chunks('large') AS c ORDER BY c LIMIT 1").first?.first ?? nil
      try session.execute("LOCK TABLE \(chunk ?? "large") IN ACCESS EXCLUSIVE MODE")
      try await Task.sleep(for: .milliseconds(milliseconds))
      try session.execute("ROLLBACK")
    case .dropChunks(let hours):
      try onSource(
        "SELECT drop_chunks('retained', older_than => '2024-01-01Z'::timestamptz + interval '\(hours) hours')"
      )
      report.droppedHours = max(report.droppedHours, hours)
    case .compress(let table, let chunk):
      try onSource("SELECT compress_chunk(\(chosen(chunk, of: table)))")
    case .decompress(let table, let chunk):
      try onSource("SELECT decompress_chunk(\(chosen(chunk, of: table)))")
    case .vacuumFull(let table, let chunk):
      let name = try source.value("SELECT \(chosen(chunk, of: table))")
      if let name { try onSource("VACUUM FULL \(name)") }
    case .copyAgain(let every):
      try target.session(limit: .seconds(5)).execute(
        """
        SET lock_timeout = '500ms';
        UPDATE __backfill.task SET worked = NULL, verified = NULL
        WHERE worked IS NOT NULL AND priority % \(every) = 0
        """)
    case .liveWrites(let count):
      for _ in 0..<count { try writeLive() }
    default: break
    }
  }

  /// Waits for no lock longer than the program's next fault may.
  private func onSource(_ statement: String) throws {
    let session = try source.session(limit: .seconds(10))
    try session.execute("SET lock_timeout = '400ms'")
    try session.execute(statement)
  }

  private func chosen(_ chunk: Int, of table: Int) -> String {
    """
    (SELECT (array_agg(c ORDER BY c))[1 + \(chunk) % count(*)::int]
    FROM show_chunks('\(Ground.reformed[table])', older_than => '2024-01-01 05:00Z'::timestamptz) AS c)
    """
  }

  private func writeLive() throws {
    for table in Ground.liveTables {
      liveNumber += 1
      try target.session(limit: .seconds(20)).execute(Ground.liveRow(table, number: liveNumber))
      acknowledged[table, default: []].append(liveNumber)
    }
  }
}
