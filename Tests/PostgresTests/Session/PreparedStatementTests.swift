import Postgres
import TestConnections
import TestServers
import TestTraits
import Testing

@Suite(
  "Prepared statement", .timeLimit(.minutes(10)),
  .needs(TestServer.all))
struct PreparedStatementTests {
  private let statement = PreparedStatement("names \"of\" relations", types: "name, int")

  @Test("is planned once, however often it runs") func planned() async throws {
    let database = try await TestDatabase.plain()
    let found = try await database.withConnection { connection throws in
      try connection.execute(
        statement.preparation("SELECT relname FROM pg_class WHERE relname = $1 AND $2 > 0"), doing: "testing")
      var names: [String] = []
      for name in ["pg_class", "pg_type", "pg_proc"] {
        names += try connection.query(
          "BEGIN;" + statement.execution(["\(name)", "\(1)"]).sql, doing: "testing"
        ) {
          row throws(PostgresError) in try row.text(0)
        }
        names.append(try connection.value("SHOW plan_cache_mode") ?? "")
        try connection.execute("COMMIT", doing: "testing")
      }
      names.append(
        try connection.value("SELECT concat_ws(' ', generic_plans, custom_plans) FROM pg_prepared_statements")
          ?? "")
      return names
    }
    #expect(found == ["pg_class", "auto", "pg_type", "auto", "pg_proc", "auto", "3 0"])
  }
}
