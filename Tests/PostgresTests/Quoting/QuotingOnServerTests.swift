import Postgres
import TestConnections
import TestServers
import TestTraits
import Testing

/// Random hostile texts go through a real server and come back as they were, byte by byte: Swift's own equality takes
/// canonically equivalent texts for the same.
@Suite(
  "Quoting, as a server reads it", .timeLimit(.minutes(10)),
  .needs(TestServer.all))
struct QuotingOnServerTests {
  @Test("a literal is the same text again", arguments: ["on", "off"])
  func literals(standardConformingStrings: String) async throws {
    try await TestDatabase.plain().withConnection { connection throws in
      try connection.run(
        "SELECT set_config('standard_conforming_strings', \(standardConformingStrings), false)")
      var random = SeededRandom(seed: 1)
      let texts = (0..<800).map { _ in random.hostileText(length: 24) }
      let columns = texts.map { "(\($0))" as SQL }.joined(separator: ", ")
      let found = try connection.values("SELECT v FROM (VALUES \(columns)) AS t (v)")
      #expect(found.count == texts.count)
      for (text, back) in zip(texts, found) { #expect(back.map { Array($0.utf8) } == Array(text.utf8)) }
    }
  }

  @Test("an array of literals is the same array again") func arrays() async throws {
    try await TestDatabase.plain().withConnection { connection throws in
      var random = SeededRandom(seed: 2)
      for count in [0, 1, 2, 50, 400] {
        let texts = (0..<count).map { _ in random.hostileText(length: 12) }
        let elements = texts.map { "\($0)" as SQL }.joined(separator: ", ")
        let found = try connection.query("SELECT ARRAY[\(elements)]::text[]", doing: "testing") {
          row throws(PostgresError) in try row.texts(0)
        }
        #expect(found.map { $0.map { Array($0.utf8) } } == [texts.map { Array($0.utf8) }])
      }
    }
  }

  @Test("an identifier names what it says, as a name and as regclass") func identifiers() async throws {
    try await TestDatabase.plain().withConnection { connection throws in
      try connection.run(#"CREATE SCHEMA "odd ""schema""#)
      var random = SeededRandom(seed: 3)
      for number in 0..<80 {
        // A server cuts names after 63 bytes; the number keeps them apart.
        let text = "\(number)" + random.hostileText(length: 12)
        let name = QualifiedName("odd \"schema", text)
        try connection.run("CREATE TABLE \(name) (\(Identifier(text)) int)")
        let found = try connection.query(
          """
          SELECT c.relname, a.attname FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid
          WHERE c.oid = \(name.description)::regclass AND a.attnum = 1
          """, doing: "testing"
        ) { row throws(PostgresError) in [try row.text(0), try row.text(1)] }
        #expect(found.map { $0.map { Array($0.utf8) } } == [[Array(text.utf8), Array(text.utf8)]])
      }
    }
  }

  @Test(
    "numbers are themselves, at their limits too",
    arguments: [Int64.min, -1, 0, 1, Int64.max])
  func numbers(_ number: Int64) async throws {
    try await TestDatabase.plain().withConnection { connection throws in
      #expect(try connection.value("SELECT \(number)::int8") == "\(number)")
      #expect(try connection.value("SELECT 0::numeric-\(number)::int8") == "\(number)".negated)
    }
  }
}

extension String {
  fileprivate var negated: String { self == "0" ? self : hasPrefix("-") ? String(dropFirst()) : "-" + self }
}
