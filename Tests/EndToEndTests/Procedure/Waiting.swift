import TestServers

extension TestDatabase {
  /// How many tasks of the queue meet a condition.
  func tasks(where condition: String = "true") throws -> Int {
    Int(try value("SELECT count(*) FROM __backfill.task WHERE \(condition)") ?? "") ?? -1
  }

  /// Waits until a question about the database is answered with yes.
  ///
  /// - Throws: `NeverHappened` after four minutes.
  func wait(until condition: String) async throws {
    let session = try session()
    let deadline = ContinuousClock.now + .seconds(240)
    while try session.query("SELECT \(condition)").first?.first != "t" {
      guard ContinuousClock.now < deadline else { throw NeverHappened(condition: condition) }
      try await Task.sleep(for: .milliseconds(5))
    }
  }
}

struct NeverHappened: Error {
  let condition: String
}
