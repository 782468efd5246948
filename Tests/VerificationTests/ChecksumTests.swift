import Postgres
import TestConnections
import TestServers
import TestTraits
import Testing

@testable import Verification

@Suite(
  "Checksums", .timeLimit(.minutes(10)),
  .needs(TestServer.all))
struct ChecksumTests {
  static let original = "(1, 'a', 1.5), (2, 'b', NULL), (3, NULL, 3.5), (3, NULL, 3.5), (NULL, NULL, NULL)"

  private func sums(_ rows: String...) async throws -> [Checksum] {
    let database = try await TestDatabase.plain()
    for (index, values) in rows.enumerated() {
      try database.execute(
        "CREATE TABLE t\(index) (a int, b text, c float8)"
          + (values.isEmpty ? "" : "; INSERT INTO t\(index) VALUES \(values)"))
    }
    let count = rows.count
    return try await database.withConnection { connection throws in
      try (0..<count).map { try connection.rowSum("t\($0)") }
    }
  }

  @Test("are equal for equal rows in whatever order") func order() async throws {
    let found = try await sums(
      Self.original, "(NULL, NULL, NULL), (3, NULL, 3.5), (2, 'b', NULL), (1, 'a', 1.5), (3, NULL, 3.5)")
    #expect(found[0] == found[1])
    #expect(found[0].rows == 5)
  }

  @Test("of nothing are zero") func empty() async throws {
    #expect(try await sums("") == [Checksum(rows: 0, sums: ["0"])])
  }

  @Test(
    "differ after every kind of change",
    arguments: [
      Case("a row less", "(1, 'a', 1.5), (2, 'b', NULL), (3, NULL, 3.5), (NULL, NULL, NULL)", true),
      Case("a row more", original + ", (1, 'a', 1.5)", true),
      Case("a row of NULLs more", original + ", (NULL, NULL, NULL)", true),
      Case(
        "a row twice and another not",
        "(1, 'a', 1.5), (1, 'a', 1.5), (3, NULL, 3.5), (3, NULL, 3.5), (NULL, NULL, NULL)", true),
      Case(
        "another value", "(1, 'a', 1.5), (2, 'b', NULL), (3, NULL, 3.5), (3, NULL, 3.25), (NULL, NULL, NULL)",
        true),
      Case(
        "a NULL for a value",
        "(1, 'a', NULL), (2, 'b', NULL), (3, NULL, 3.5), (3, NULL, 3.5), (NULL, NULL, NULL)", true),
      Case(
        "a value for a NULL",
        "(1, 'a', 1.5), (2, 'b', NULL), (3, '', 3.5), (3, NULL, 3.5), (NULL, NULL, NULL)", true),
      Case(
        "zero for NULL", "(1, 'a', 1.5), (2, 'b', 0), (3, NULL, 3.5), (3, NULL, 3.5), (NULL, NULL, NULL)",
        true),
      Case(
        "values exchanged between rows",
        "(1, 'b', 1.5), (2, 'a', NULL), (3, NULL, 3.5), (3, NULL, 3.5), (NULL, NULL, NULL)", true),
      Case(
        "NULL exchanged between rows",
        "(1, 'a', NULL), (2, 'b', 1.5), (3, NULL, 3.5), (3, NULL, 3.5), (NULL, NULL, NULL)", true),
    ])
  func changes(_ row: Case<String, Bool>) async throws {
    let found = try await sums(Self.original, row.input)
    #expect((found[0] != found[1]) == row.expected)
  }

  /// Values that went into the wrong rows leave each column as it was, so only the whole rows' hashes tell. Were the
  /// columns' hashes only added up, most exchanges between two rows would go unseen.
  @Test("differ whenever two rows exchange a value") func exchanges() async throws {
    let database = try await TestDatabase.plain(
      setup: """
        CREATE TABLE before (row_id int, a int, b int);
        CREATE TABLE after (LIKE before);
        INSERT INTO before SELECT n / 2, n, n * 7 FROM generate_series(0, 399) n;
        INSERT INTO after SELECT n / 2, n, (n # 1) * 7 FROM generate_series(0, 399) n;
        """)
    try await database.withConnection { connection throws in
      var unseen: [Int] = []
      for pair in 0..<200 {
        let before = try connection.rowSum("before", where: "row_id = \(pair)")
        let after = try connection.rowSum("after", where: "row_id = \(pair)")
        #expect(before.rows == 2)
        if before == after { unseen.append(pair) }
      }
      #expect(unseen.isEmpty, "unseen in \(unseen.count) of 200")
    }
  }

  @Test("differ when two columns exchange their values") func columns() async throws {
    let database = try await TestDatabase.plain(
      setup: """
        CREATE TABLE one (a int, b int, c int); INSERT INTO one VALUES (1, 2, 3), (NULL, 4, 5);
        CREATE TABLE two (a int, b int, c int); INSERT INTO two VALUES (2, 1, 3), (NULL, 4, 5);
        CREATE TABLE three (a int, b int, c int); INSERT INTO three VALUES (1, 2, 3), (4, NULL, 5);
        """)
    try await database.withConnection { connection throws in
      let found = try ["one", "two", "three"].map { try connection.rowSum($0).sums }
      #expect(Set(found).count == 3)
    }
  }

  @Test("cover the predicate's rows only") func predicate() async throws {
    let database = try await TestDatabase.plain(
      setup: "CREATE TABLE t (a int); INSERT INTO t SELECT generate_series(1, 10)")
    try await database.withConnection { connection throws in
      let low = try connection.rowSum("t", where: "\"a\" < 5")
      #expect(low.rows == 4)
      #expect(try connection.rowSum("t", where: "\"a\" <= \(4)") == low)
      #expect(try connection.rowSum("t") != low)
    }
  }

  @Test("by column tell which one differs") func byColumn() async throws {
    let database = try await TestDatabase.plain(
      setup: """
        CREATE TABLE one (a int, b text, c float8); INSERT INTO one VALUES (1, 'x', 2), (2, NULL, 3);
        CREATE TABLE two (a int, b text, c float8); INSERT INTO two VALUES (2, 'x', 2), (1, '', 3);
        """)
    try await database.withConnection { connection throws in
      let one = try connection.columnSums("one")
      let two = try connection.columnSums("two")
      #expect(zip(one.sums, two.sums).map { $0 == $1 } == [true, false, true])
      #expect(one.rows == 2)
    }
  }

  @Test("of many rows don't overflow") func large() async throws {
    let database = try await TestDatabase.plain(
      setup: "CREATE TABLE t AS SELECT 7 AS a FROM generate_series(1, 100000)")
    try await database.withConnection { connection throws in
      let found = try connection.rowSum("t")
      #expect(found.rows == 100000)
      #expect(found.sums[0].count > 20)
    }
  }
}
