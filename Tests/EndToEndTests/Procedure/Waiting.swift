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
    _ = try await firstRow(of: "SELECT FROM (SELECT \(condition)) AS answer (is_yes) WHERE is_yes")
  }

  /// The first row that a question is answered with, asked again until there is one.
  ///
  /// - Throws: `NeverHappened` after four minutes.
  func firstRow(of question: String) async throws -> [String?] {
    let session = try session()
    let deadline = ContinuousClock.now + .seconds(240)
    while true {
      if let row = try session.query(question).first { return row }
      guard ContinuousClock.now < deadline else { throw NeverHappened(question: question) }
      try await Task.sleep(for: .milliseconds(15))
    }
  }
}

struct NeverHappened: Error {
  let question: String
}
