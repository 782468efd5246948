internal import Glibc
public import Postgres
public import TestServers

extension TestDatabase {
  /// Waits until a question that one of this database's other sessions answers is true, such as that a backend is
  /// where a test wants it.
  public func waitUntil(_ condition: String) throws {
    let session = try session()
    let deadline = ContinuousClock.now + .seconds(240)
    while try session.query("SELECT \(condition)").first?.first != "t" {
      guard ContinuousClock.now < deadline else { throw NeverTrue(condition: condition) }
      usleep(10_000)
    }
  }

  /// Throws the backend out, once it runs something like `statement`.
  public func terminate(_ backend: String, running statement: String = "%") throws {
    try waitUntil(
      """
      EXISTS (SELECT FROM pg_stat_activity
        WHERE pid = \(backend) AND state = 'active' AND query LIKE \(quotedLiteral(statement)))
      """)
    _ = try value("SELECT pg_terminate_backend(\(backend))")
  }
}

struct NeverTrue: Error { let condition: String }

extension Connection {
  /// The server process behind the session.
  public func backend() throws -> String { try value("SELECT pg_backend_pid()") ?? "0" }

  /// What every session must be after whatever happened to it, unless it is found unusable.
  public func answers() throws -> Bool { try value("SELECT 'here'") == "here" }
}
