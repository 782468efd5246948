import Postgres
import TestConnections
import TestServers
import TestTraits
import Testing

@Suite("A row", .timeLimit(.minutes(10)), .needs(TestServer.all))
struct RowTests {
  @Test("is read by the names of its columns, every kind of value") func values() async throws {
    try await TestDatabase.plain().withConnection { connection throws in
      let found = try connection.query(
        """
        SELECT 'ä' AS text, true AS yes, false AS no, -5 AS number, NULL AS nothing, '{1,-2}'::int8[] AS numbers,
          '{t,f}'::bool[] AS flags, NULL::text[] AS none, '' AS empty, 'a' AS schema_name, 'b c' AS table_name
        """, doing: "testing"
      ) { row throws(PostgresError) in
        #expect(try row.flag("yes"))
        #expect(try row.flag("no") == false)
        #expect(try row.integer("number") == -5)
        #expect(try row.optionalInteger("nothing") == nil)
        #expect(try row.optionalText("nothing") == nil)
        #expect(try row.integers("numbers") == [1, -2])
        #expect(try row.flags("flags") == [true, false])
        #expect(try row.texts("none") == [])
        #expect(try row.optionalText("empty") == "")
        #expect(try row.name("schema_name", "table_name") == QualifiedName("a", "b c"))
        #expect(try row.optionalName("schema_name", "nothing") == nil)
        return try row.text("text")
      }
      #expect(found == ["ä"])
    }
  }

  @Test("may be read in another order than the row before, and in part") func order() async throws {
    try await TestDatabase.plain().withConnection { connection throws in
      let found = try connection.query(
        "SELECT i AS a, 10 * i AS b, 100 * i AS c FROM generate_series(1, 6) AS i ORDER BY i",
        doing: "testing"
      ) { row throws(PostgresError) in
        switch try row.integer("a") % 3 {
        case 0: [try row.integer("c"), try row.integer("c"), try row.integer("b")]
        case 1: [try row.integer("b"), try row.integer("c")]
        default: [try row.integer("a")]
        }
      }
      #expect(found == [[10, 100], [2], [300, 300, 30], [40, 400], [5], [600, 600, 60]])
    }
  }

  @Test("that isn't as it should be is an error, after which the session can be used") func unexpected()
    async throws
  {
    try await TestDatabase.plain().withConnection { connection throws in
      let questions: [(SQL, String)] = [
        (
          "SELECT 2 AS n; SELECT 'x' AS n; SET lock_timeout = 0",
          "column \"n\" of the answer should be an integer but is x"
        ),
        (
          "SELECT 2 AS n; SELECT NULL AS n; SET lock_timeout = 0",
          "column \"n\" of the answer should be an integer but is NULL"
        ),
        ("SELECT 1 AS number, 2 AS \"N\"", "the answer has no column \"n\""),
        ("SELECT 1 AS n, 2 AS m, 3 AS n", "the answer has several columns called \"n\""),
      ]
      for (question, message) in questions {
        let error = try postgresError {
          _ = try connection.query(question, doing: "testing") { row throws(PostgresError) in
            try row.integer("n")
          }
        }
        #expect(error?.kind == .unexpectedAnswer)
        #expect(error?.message == message)
        #expect(try connection.answers())
      }
    }
  }
}
