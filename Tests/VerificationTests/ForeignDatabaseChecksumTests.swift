import Postgres
import TestConnections
import TestServers
import TestTraits
import Testing

@testable import Verification

/// The two databases have given other OIDs to the same types, store text in other bytes, or compare it otherwise.
@Suite(
  "Checksums in two databases", .timeLimit(.minutes(10)),
  .needs(TestServer.all))
struct ForeignDatabaseChecksumTests {
  private func sums(
    _ one: TestDatabase, _ two: TestDatabase, sameEncoding: Bool
  ) async throws -> [Checksum] {
    var found: [Checksum] = []
    for database in [one, two] {
      found.append(try await database.withConnection { try $0.rowSum("t", sameEncoding: sameEncoding) })
    }
    return found
  }

  @Test("don't depend on OIDs") func oids() async throws {
    let table = """
      CREATE TYPE mood AS ENUM ('sad', 'happy');
      CREATE TYPE pair AS (m mood, n int);
      CREATE TABLE other ();
      CREATE TABLE t (m mood, ms mood[], p pair, r regclass, rs regtype[]);
      INSERT INTO t VALUES ('sad', '{sad,happy}', '(happy,1)', 'public.other', '{public.mood}'),
        ('happy', NULL, NULL, NULL, NULL);
      """
    let one = try await TestDatabase.plain(setup: table)
    let two = try await TestDatabase.plain(setup: "CREATE TYPE before AS ENUM ('x', 'y', 'z');" + table)
    #expect(try one.value("SELECT 'mood'::regtype::oid") != two.value("SELECT 'mood'::regtype::oid"))
    let found = try await sums(one, two, sameEncoding: true)
    #expect(found[0] == found[1])
  }

  @Test("don't depend on the encoding") func encodings() async throws {
    let table = """
      SET client_encoding = 'UTF8';
      CREATE TYPE mood AS ENUM ('schön', 'übel');
      CREATE TABLE t (a text, b varchar, c char(4), d jsonb, e text[], f json, g mood, h name, i bytea, j int);
      INSERT INTO t VALUES ('é', 'ü', 'ö', '{"ä": "ß"}', '{ñ,NULL}', '"ç"', 'schön', 'ø', '\\xe9', 1),
        (NULL, '', '', 'null', '{}', '1', 'übel', 'a', '', NULL);
      """
    let utf8 = try await TestDatabase.plain(setup: table)
    let latin1 = try await TestDatabase.plain(DatabaseOptions(encoding: "LATIN1", locale: "C"), setup: table)
    let found = try await sums(utf8, latin1, sameEncoding: false)
    #expect(found[0] == found[1])
    #expect(found[0].rows == 2)
  }

  static let withICU = Servers(.newest, .icu)

  /// Under such a collation 'a' = 'A', and both hash alike.
  @Test("tell apart what a case-insensitive collation doesn't", .needs(withICU))
  func collations() async throws {
    let database = try await TestDatabase.plain(on: Self.withICU)
    try database.execute(
      """
      CREATE COLLATION blind (provider = icu, locale = 'und-u-ks-level1', deterministic = false);
      CREATE DOMAIN folded AS text COLLATE blind;
      CREATE TABLE t (row_id int, a text COLLATE blind, b varchar COLLATE blind, c text[] COLLATE blind, d folded);
      INSERT INTO t VALUES (0, 'a', 'a', '{a}', 'a'), (1, 'A', 'a', '{a}', 'a'), (2, 'a', 'A', '{a}', 'a'),
        (3, 'a', 'a', '{A}', 'a'), (4, 'a', 'a', '{a}', 'A'), (5, 'á', 'a', '{a}', 'a')
      """)
    #expect(try database.value("SELECT a = 'A' FROM t WHERE row_id = 0") == "t")
    try await database.withConnection { connection throws in
      var sums: Set<[String]> = []
      for row in 0..<6 { sums.insert(try connection.rowSum("t", where: "row_id = \(row)").sums) }
      #expect(sums.count == 6)
    }
  }

  @Test("don't depend on what the databases are set to") func settings() async throws {
    let table = """
      SET DateStyle = ISO;
      CREATE TABLE t (a interval, b tstzrange, c float8[], d money, e timestamptz[], f bytea[]);
      INSERT INTO t VALUES ('1 mon -2 days 03:00', '[2024-01-01Z,2024-05-06Z)', '{0.1,1e300}', 12.34, '{2024-01-31Z}',
        '{"\\\\xff"}');
      """
    let one = try await TestDatabase.plain(setup: table)
    let two = try await TestDatabase.plain(
      DatabaseOptions(
        settings: [
          "DateStyle": "SQL, DMY", "IntervalStyle": "iso_8601", "TimeZone": "Asia/Kathmandu",
          "extra_float_digits": "-15", "bytea_output": "escape", "xmloption": "document",
        ]), setup: table)
    let found = try await sums(one, two, sameEncoding: true)
    #expect(found[0] == found[1])
  }
}
