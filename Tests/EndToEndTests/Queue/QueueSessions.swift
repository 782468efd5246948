import TestServers
import Testing

extension TestDatabase {
  /// The sessions that have the queue's lock together, one for each run; the workers' have others. From FROM on.
  static let queueSessions = """
    FROM \(TestDatabase.locks) WHERE locktype = 'advisory' AND mode = 'ShareLock' AND granted
      AND objid = \(0x6669_6c6c) AND classid = \(0x6261_636b)
    """

  /// Ends the session by which the only run has the queue.
  ///
  /// - Returns: its server process.
  func loseQueueSession() throws -> String {
    let lost = try query("SELECT pid, pg_terminate_backend(pid, 60000) \(Self.queueSessions)")
    try #require(lost.count == 1 && lost[0][1] == "t", "\(lost)")
    return try #require(lost[0][0])
  }
}
