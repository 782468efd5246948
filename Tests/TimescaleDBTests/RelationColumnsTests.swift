import Postgres
import TestConnections
import TestServers
import TestTraits
import Testing

@testable import TimescaleDB

@Suite("Columns", .timeLimit(.minutes(10)), .needs(TestServer.all))
struct RelationColumnsTests {
  @Test("of two relations that are asked for at once are each relation's own") func two() async throws {
    try await TestDatabase.plain().withConnection { connection throws in
      try connection.execute(
        """
        CREATE TYPE public.mood AS ENUM ('sad', 'glad');
        CREATE TABLE public.a (n int, gone int, m public.mood, t text);
        ALTER TABLE public.a DROP COLUMN gone;
        CREATE TABLE public.b (t text COLLATE "C", n int8);
        """, doing: "testing")
      let both = try Self.both("'public.a'::regclass", "'public.b'::regclass", on: connection)
      #expect(both?.first.map(\.type) == ["integer", "public.mood", "text"])
      #expect(both?.first.map(\.enumOrder) == ["", "'sad', 'glad'", ""])
      #expect(both?.first.map(\.typeDefinition) == ["", "public.mood e", ""])
      #expect(both?.first.map(\.hasPortableBinaryForm) == [true, true, true])
      #expect(both?.second.map(\.type) == ["text", "bigint"])
      #expect(both?.second.map(\.collation) == ["C", ""])
      let alone = (
        try Self.alone("'public.a'::regclass", on: connection),
        try Self.alone("'public.b'::regclass", on: connection)
      )
      #expect(both?.first == alone.0)
      #expect(both?.second == alone.1)
      let one = try Self.both("'public.a'::regclass", "NULL::oid", on: connection)
      #expect(one?.first == both?.first)
      #expect(one?.second == [])
    }
  }

  /// As a server may answer that reads columns in another order than that of their index.
  @Test("come in their relation's order, whatever the server's answer has") func order() async throws {
    try await TestDatabase.plain().withConnection { connection throws in
      let answer: SQL = """
        SELECT '{f,t,f,t}'::bool[] AS of_second, '{c,y,a,x}'::text[] AS names, '{date,int4,date,text}'::text[] AS types,
          '{3,2,1,1}'::int8[] AS numbers, '{f,f,t,f}'::bool[] AS generated, '{t,t,t,t}'::bool[] AS portable,
          '{1082,23,1082,25}'::int8[] AS type_oids, '{f,f,f,t}'::bool[] AS collatable, '{"","","",""}'::text[] AS missing,
          '{t,t,t,t}'::bool[] AS portable_batches, '{"","","",""}'::text[] AS collations,
          '{"","","",""}'::text[] AS definitions, '{"","","",""}'::text[] AS enum_orders
        """
      let all = try connection.query(answer, doing: "testing") { row throws(PostgresError) in
        try Column.all(in: row).map(\.number)
      }
      #expect(all == [[1, 1, 2, 3]])
      let answers = try connection.query(answer, doing: "testing") { row throws(PostgresError) in
        try Column.both(in: row)
      }
      let both = try #require(answers.first)
      #expect(both.first.map(\.name.name) == ["a", "c"])
      #expect(both.first.map(\.isGenerated) == [true, false])
      #expect(both.second.map(\.name.name) == ["x", "y"])
      #expect(both.second.map(\.type) == ["text", "int4"])
    }
  }

  private static func both(
    _ first: SQL, _ second: SQL, on connection: borrowing Connection
  ) throws -> (first: [Column], second: [Column])? {
    try connection.query(
      "SELECT k.* FROM (\(Column.arrays(of: first, and: second))) AS k", doing: "testing"
    ) { row throws(PostgresError) in try Column.both(in: row) }.first
  }

  private static func alone(_ relation: SQL, on connection: borrowing Connection) throws -> [Column]? {
    try connection.query(
      "SELECT k.* FROM (\(Column.arrays(of: relation))) AS k", doing: "testing"
    ) { row throws(PostgresError) in try Column.all(in: row) }.first
  }
}
