import Postgres
import TestConnections
import TestServers
import TestTraits
import Testing

@testable import Verification

/// Every builtin type, with values that its own equality or hash function takes for the same, and that are not.
@Suite(
  "Checksums of types", .timeLimit(.minutes(10)),
  .needs(TestServer.all))
struct TypeChecksumTests {
  static let types: [(type: String, values: [String])] = [
    ("bool", ["t", "f"]),
    ("bytea", ["", "\\x00", "\\x0000", "\\x61"]),
    ("\"char\"", ["", "a", "b", "\\200", "\\377"]),
    ("\"char\"[]", ["{}", "{NULL}", "{a}", "{b}", "{a,b}", "{{a,b}}", "[2:3]={a,b}"]),
    ("name", ["", "a", "A", "a "]),
    ("int2", ["0", "1", "-1", "32767"]),
    ("int4", ["0", "1", "-1", "2147483647"]),
    (
      "int8",
      ["0", "1", "-1", "4294967295", "4294967296", "4294967297", "-4294967297", "9223372036854775807"]
    ),
    ("oid", ["0", "1", "4294967295"]),
    ("xid", ["0", "1"]),
    ("xid8", ["0", "1"]),
    ("cid", ["0", "1"]),
    ("tid", ["(0,1)", "(1,0)"]),
    ("float4", ["0", "-0", "1", "NaN", "Infinity", "-Infinity", "1e-45", "0.1"]),
    ("float8", ["0", "-0", "1", "NaN", "Infinity", "-Infinity", "5e-324", "0.1", "0.10000000000000002"]),
    ("numeric", ["0", "0.0", "1", "1.0", "1.00", "-1", "NaN", "Infinity", "1e30", "1e-30"]),
    ("numeric(10,3)", ["0", "1", "1.001"]),
    ("money", ["0", "1.00", "-1"]),
    ("text", ["", "a", "A", "a ", "é", "e\u{301}", "null", "NULL"]),
    ("varchar(10)", ["", "a", "A", "a "]),
    ("char(5)", ["", "a", "A", "a b"]),
    ("json", ["{}", "{ }", #"{"a":1}"#, #"{"a":1,"a":2}"#, "null", "1.0", "1.00"]),
    ("jsonb", ["{}", "[]", #"{"a":1}"#, #"{"a":1.0}"#, #"{"a":1.00}"#, #"{"a":"1"}"#, "null", "1", "1.0"]),
    ("jsonpath", ["$.a", "$.b", "strict $.a"]),
    ("date", ["2024-01-01", "0001-01-01 BC", "infinity", "-infinity"]),
    ("time", ["00:00", "24:00", "12:00:00.000001"]),
    ("timetz", ["12:00+00", "13:00+01", "12:00+01"]),
    (
      "timestamp",
      [
        "2024-01-01", "2024-01-01 00:00:00.000001", "infinity", "-infinity", "4713-01-01 BC", "4714-11-24 BC",
        "4714-11-24 00:53:22.37568 BC", "294276-12-31 23:59:59.999999", "294276-12-31", "250000-01-01",
      ] + folded
    ),
    (
      "timestamptz",
      ["2024-01-01Z", "2024-01-01 00:00:00.000001Z", "infinity", "-infinity"] + folded.map { $0 + "Z" }
    ),
    ("interval", ["1 day", "24 hours", "30 days", "1 mon", "-1 day", "1 day -24 hours", "0"]),
    ("uuid", ["00000000-0000-0000-0000-000000000000", "00000000-0000-0000-0000-000000000001"]),
    ("inet", ["10.0.0.1", "10.0.0.1/24", "10.0.0.0/24", "::1", "::ffff:10.0.0.1"]),
    ("cidr", ["10.0.0.0/24", "10.0.0.0/25", "::/0"]),
    ("macaddr", ["08:00:2b:01:02:03", "08:00:2b:01:02:04"]),
    ("macaddr8", ["08:00:2b:01:02:03:04:05", "08:00:2b:ff:fe:01:02:03"]),
    ("bit(4)", ["0000", "0001", "1000"]),
    ("varbit", ["", "0", "00", "000", "1", "01"]),
    ("point", ["(0,0)", "(0,1)", "(1,0)", "(-0,0)"]),
    ("line", ["{1,2,3}", "{2,4,6}"]),
    ("lseg", ["[(0,0),(1,1)]", "[(1,1),(0,0)]"]),
    ("box", ["(1,1),(0,0)", "(2,1),(0,0)"]),
    ("path", ["[(0,0),(1,1)]", "((0,0),(1,1))", "[(0,0)]"]),
    ("polygon", ["((0,0),(1,1))", "((1,1),(0,0))"]),
    ("circle", ["<(0,0),1>", "<(0,0),2>"]),
    ("tsvector", ["a b", "a:1 b:2", ""]),
    ("tsquery", ["a & b", "a | b"]),
    ("pg_lsn", ["0/0", "0/1", "1/0"]),
    ("int4range", ["empty", "(,)", "[1,2)", "[1,3)", "[1,)"]),
    ("numrange", ["[1,2)", "(1,2)", "[1,2]", "[1.0,2)"]),
    ("tsrange", ["[2024-01-01,2024-01-02)", "(2024-01-01,2024-01-02)"]),
    ("tstzrange", ["[2024-01-01,2024-01-02)", "(2024-01-01,2024-01-02)"]),
    ("daterange", ["[2024-01-01,2024-01-02)", "empty"]),
    ("int8range", ["[1,2)", "(,)"]),
    ("int4multirange", ["{}", "{[1,2)}", "{[1,2),[5,6)}"]),
    ("regclass", ["pg_class", "pg_type", "-"]),
    ("regtype", ["integer", "text"]),
    ("regproc", ["now", "pg_backend_pid"]),
    ("refcursor", ["a", "b"]),
    ("int2vector", ["1 2", "2 1"]),
    ("oidvector", ["1 2", "2 1"]),
    ("int4[]", ["{}", "{1}", "{{1}}", "[0:0]={1}", "{NULL}", "{1,NULL}", "{NULL,1}"]),
    ("text[]", ["{}", "{\"\"}", "{NULL}", "{\"NULL\"}", "{a,b}", "{\"a,b\"}"]),
    ("float8[]", ["{0}", "{-0}", "{0,0}"]),
    ("numeric[]", ["{1}", "{1.0}"]),
    ("jsonb[]", [#"{"{\"a\":1}"}"#, #"{"{\"a\":1.0}"}"#]),
    ("mood", ["sad", "happy"]),
    ("mood[]", ["{sad}", "{happy}", "{sad,happy}", "{NULL}"]),
    ("pair", ["(1,a)", "(1,)", "(,a)", "(1,\"\")"]),
    ("small", ["1", "2"]),
    ("exact", ["1.0", "1.00"]),
    ("floatrange", ["[1,2)", "[1,3)", "empty"]),
  ]

  /// Some have the same hash, as their microseconds since 2000 are the same when they are folded into 32 bits: 0 and
  /// 2^32 + 1, -1 and 2^32 - 1, -2^32 - 2 and 2^32 * 3 + 2^32 - 2.
  private static let folded = [
    "2000-01-01 00:00:00", "2000-01-01 01:11:34.967297", "1999-12-31 23:59:59.999999",
    "2000-01-01 01:11:34.967295", "1999-12-31 22:48:25.032702", "1999-12-31 22:48:25.032704",
  ]

  static let setup = """
    CREATE TYPE mood AS ENUM ('sad', 'happy');
    CREATE TYPE pair AS (number int, letter text);
    CREATE DOMAIN small AS int CHECK (VALUE < 10);
    CREATE DOMAIN exact AS numeric;
    CREATE TYPE floatrange AS RANGE (subtype = float8);
    """

  /// One for all of them.
  private static let database = Once { try await TestDatabase.plain(setup: setup) }

  @Test("are the same for the same values, and no other", arguments: types.map(\.type))
  func values(_ type: String) async throws {
    // PostgreSQL 14 takes '\200' for a backslash.
    let readsOctal = type != "\"char\"" || TestServer.newest.map { $0.pgMajor >= 15 } != false
    let values = try #require(Self.types.first { $0.type == type }).values
      .filter { readsOctal || !$0.hasPrefix("\\") }
    let database = try await Self.database.value()
    let number = Self.types.firstIndex { $0.type == type } ?? 0
    let (one, two) = ("one_\(number)", "two_\(number)")
    let inserted = values.enumerated().map { "(\($0), \(quotedLiteral($1)))" } + ["(-1, NULL)"]
    for table in [one, two] {
      try database.execute(
        """
        CREATE TABLE \(table) (row_id int, v \(type));
        INSERT INTO \(table) VALUES \((table == one ? inserted : inserted.reversed()).joined(separator: ", "))
        """)
    }
    try await database.withConnection { connection throws in
      for sameEncoding in [true, false] {
        #expect(
          try connection.rowSum(one, sameEncoding: sameEncoding)
            == connection.rowSum(two, sameEncoding: sameEncoding))
        var seen: [String: String] = [:]
        for (index, value) in (values + ["(NULL)"]).enumerated() {
          let row = index == values.count ? -1 : index
          let sum = try connection.rowSum(one, where: "row_id = \(row)", sameEncoding: sameEncoding)
          #expect(sum.rows == 1)
          #expect(seen[sum.sums[0]] == nil, "\(value) is taken for \(seen[sum.sums[0]] ?? "")")
          seen[sum.sums[0]] = value
        }
      }
    }
  }
}
