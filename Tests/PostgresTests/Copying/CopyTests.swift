import Postgres
import Synchronization
import TestConnections
import TestServers
import TestTraits
import Testing

@Suite(
  "COPY from one server to another", .timeLimit(.minutes(10)),
  .needs(TestServer.all))
struct CopyTests {
  private func database() async throws -> TestDatabase {
    try await TestDatabase.plain(setup: "CREATE TABLE public.t (id int8, body text)")
  }

  @Test("moves every row, counts them, and leaves what follows in the batch") func moves() async throws {
    try await database().withTwoConnections { source, target throws in
      try source.send(
        "COPY (SELECT i::int8, repeat('x', i % 50) FROM generate_series(1, 20000) i) TO STDOUT (FORMAT binary); SELECT 'after'",
        doing: "reading")
      try source.awaitCopy(doing: "reading")
      try target.send("BEGIN; COPY public.t FROM STDIN (FORMAT binary); SELECT 'behind'", doing: "writing")
      try target.awaitCopy(doing: "writing")
      var seen = 0
      let moved = try source.pumpCopy(into: target, doing: "copying") { seen += $0 }
      #expect(moved.taken == 20000)
      #expect(moved.bytes == Int64(seen))
      #expect(moved.bytes > 20000 * 20)
      let text: (Row) throws(PostgresError) -> String = { row throws(PostgresError) in try row.text(0) }
      #expect(try source.rows(doing: "x", text) == ["after"])
      #expect(try target.rows(doing: "x", text) == ["behind"])
      try target.run("COMMIT")
      #expect(
        try target.value("SELECT count(*) || ' ' || sum(id) || ' ' || sum(length(body)) FROM public.t")
          == "20000 200010000 490000")
    }
  }

  /// The pump puts small rows together in blocks of 64 kB.
  @Test(
    "moves rows of every size around the block's",
    arguments: [[0], [1, 65_000, 65_500, 65_536, 70_000, 1, 131_072, 5], [8_000_000, 1, 3_000_000]])
  func sizes(_ sizes: [Int]) async throws {
    try await database().withTwoConnections { source, target throws in
      let list = sizes.map { "\($0)" as SQL }.joined(separator: ", ")
      try source.run(
        """
        CREATE TEMP TABLE s AS SELECT row_number() OVER () AS id, repeat(md5(n::text), n / 32 + 1) AS body
        FROM unnest(ARRAY[\(list)]) AS n
        """)
      try source.send("COPY (SELECT * FROM s) TO STDOUT (FORMAT binary)", doing: "reading")
      try source.awaitCopy(doing: "reading")
      try target.send("COPY public.t FROM STDIN (FORMAT binary)", doing: "writing")
      try target.awaitCopy(doing: "writing")
      let moved = try source.pumpCopy(into: target, doing: "copying") { _ in }
      #expect(moved.taken == Int64(sizes.count))
      try target.drain(doing: "writing")
      try source.drain(doing: "reading")
      let sum: SQL = "md5(string_agg(id || md5(body), ',' ORDER BY id))"
      let sent = try source.value("SELECT \(sum) FROM s")
      #expect(try target.value("SELECT \(sum) FROM public.t") == sent)
    }
  }

  @Test("moves no rows", arguments: ["text", "binary"]) func empty(_ format: String) async throws {
    try await database().withTwoConnections { source, target throws in
      let name = format == "text" ? "text" as SQL : "binary"
      try source.send("COPY (SELECT 1::int8, 'x' WHERE false) TO STDOUT (FORMAT \(name))", doing: "reading")
      try source.awaitCopy(doing: "reading")
      try target.send("COPY public.t FROM STDIN (FORMAT \(name))", doing: "writing")
      try target.awaitCopy(doing: "writing")
      let moved = try source.pumpCopy(into: target, doing: "copying") { _ in }
      #expect(moved.taken == 0)
      try target.drain(doing: "writing")
      try source.drain(doing: "reading")
      #expect(try source.answers())
      #expect(try target.answers())
    }
  }

  @Test("of text can be written by hand, and given up") func byHand() async throws {
    try await database().withConnection(.target) { target throws in
      try target.send("COPY public.t FROM STDIN", doing: "writing")
      try target.awaitCopy(doing: "writing")
      try target.putCopy("1\tä\n2\t\\N\n", doing: "writing")
      #expect(try target.endCopy(doing: "writing") == 2)
      try target.drain(doing: "writing")
      try target.send("COPY public.t FROM STDIN", doing: "writing")
      try target.awaitCopy(doing: "writing")
      try target.putCopy("3\tx\n", doing: "writing")
      let error = try postgresError { _ = try target.endCopy(failure: "changed my mind", doing: "writing") }
      #expect(error?.sqlState == "57014")
      #expect(error?.message?.contains("changed my mind") == true)
      #expect(try target.values("SELECT body FROM public.t ORDER BY id") == ["ä", nil])
    }
  }

  @Test("that the server doesn't begin is an error") func noCopy() async throws {
    try await database().withConnection { connection throws in
      try connection.send("SELECT 1", doing: "reading")
      #expect(try postgresError { try connection.awaitCopy(doing: "reading") }?.kind == .unexpectedAnswer)
      try connection.send("COPY nowhere TO STDOUT", doing: "reading")
      #expect(try postgresError { try connection.awaitCopy(doing: "reading") }?.sqlState == "42P01")
      #expect(try connection.answers())
    }
  }
}
