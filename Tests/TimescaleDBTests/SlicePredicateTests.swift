import Postgres
import TestConnections
import TestServers
import TestTraits
import Testing

@testable import TimescaleDB

/// What TimescaleDB put into a chunk is what the chunk's slices say as a condition on the hypertable, row for row.
@Suite(
  "A chunk's slices as a condition", .timeLimit(.minutes(10)),
  .needs(TestServer.all))
struct SlicePredicateTests {
  struct Table: Sendable, CustomStringConvertible {
    let description: String
    let create: String
    let rows: String
  }

  static let tables = [
    Table(
      description: "timestamptz and space",
      create: """
        CREATE TABLE m (t timestamptz NOT NULL, d text, v int);
        SELECT create_hypertable('m', 't', 'd', 3, chunk_time_interval => interval '1 day');
        """,
      rows: """
        INSERT INTO m SELECT '2024-01-01'::timestamptz + n * interval '3 hours 1 microsecond',
          CASE WHEN n % 4 = 0 THEN NULL ELSE 'device ' || n % 11 END, n FROM generate_series(-40, 60) n
        """),
    Table(
      description: "timestamp",
      create: """
        CREATE TABLE m (t timestamp NOT NULL, v int);
        SELECT create_hypertable('m', 't', chunk_time_interval => interval '1 day');
        """,
      rows: """
        INSERT INTO m SELECT '1969-12-30'::timestamp + n * interval '12 hours', n FROM generate_series(0, 12) n
        """),
    Table(
      description: "date",
      create: """
        CREATE TABLE m (t date NOT NULL, v int);
        SELECT create_hypertable('m', 't', chunk_time_interval => interval '2 days');
        """,
      rows: "INSERT INTO m SELECT '1999-12-28'::date + n, n FROM generate_series(0, 12) n"),
    Table(
      description: "bigint",
      create:
        "CREATE TABLE m (t bigint NOT NULL); SELECT create_hypertable('m', 't', chunk_time_interval => 1000);",
      rows: """
        INSERT INTO m SELECT v FROM unnest(ARRAY[-9223372036854775808, -1001, -1000, -1, 0, 999, 1000,
          9223372036854775806]) v
        """),
    Table(
      description: "integer",
      create:
        "CREATE TABLE m (t int NOT NULL); SELECT create_hypertable('m', 't', chunk_time_interval => 1000);",
      rows: "INSERT INTO m SELECT v FROM unnest(ARRAY[-2147483648, -1000, -1, 0, 999, 1000, 2147483647]) v"),
    Table(
      description: "smallint",
      create:
        "CREATE TABLE m (t smallint NOT NULL); SELECT create_hypertable('m', 't', chunk_time_interval => 1000);",
      rows: "INSERT INTO m SELECT v FROM unnest(ARRAY[-32768, -1000, -1, 0, 999, 1000, 32767]) v"),
  ]

  static let uuids = [
    Table(
      description: "uuid",
      create: """
        CREATE TABLE m (t uuid NOT NULL, v int);
        SELECT create_hypertable('m', by_range('t', interval '10 minutes'));
        """,
      rows: """
        INSERT INTO m SELECT to_uuidv7('2025-01-01'::timestamptz + n * interval '1 minute 123 microseconds'), n
        FROM generate_series(0, 60) n;
        INSERT INTO m SELECT to_uuidv7('2025-01-01'::timestamptz + n * interval '10 minutes'), n FROM generate_series(0, 5) n
        """)
  ]

  static let withUUIDs = Servers(.newest, .since(2, 22))

  @Test("holds for UUIDs of its rows and no others", .needs(withUUIDs), arguments: uuids, withUUIDs)
  func holdsForUUIDs(_ table: Table, server: TestServer) async throws {
    try await expectHolds(table, on: server)
  }

  @Test("holds for its rows and no others", arguments: tables, TestServer.one)
  func holds(_ table: Table, server: TestServer) async throws {
    try await expectHolds(table, on: server)
  }

  private func expectHolds(_ table: Table, on server: TestServer) async throws {
    let database = try await server.makeDatabase(setup: table.create + table.rows)
    try await database.withConnection { connection throws in
      let capabilities = try #require(try Installation.find(on: connection)).capabilities
      let hypertable = try #require(try Hypertable.all(on: connection).first)
      let chunks = try Chunk.all(of: [hypertable.id], capabilities: capabilities, on: connection)
      #expect(chunks.count > 2)
      for chunk in chunks {
        var parts: [SQL] = ["true"]
        for (dimension, slice) in zip(hypertable.dimensions, chunk.slices) {
          switch dimension.predicate(slice) {
          case .everything: continue
          case .condition(let condition): parts.append("(" + condition + ")")
          case .inexpressible: Issue.record("\(chunk.name): \(dimension.column)")
          }
        }
        let found = try connection.value(
          """
          SELECT count(*) = (SELECT count(*) FROM ONLY \(chunk.name))
            AND bool_and(tableoid = \(chunk.name.description)::regclass)
          FROM \(hypertable.name) WHERE \(parts.joined(separator: " AND "))
          """)
        #expect(found == "t", "\(chunk.name) \(chunk.slices)")
      }
    }
  }
}
