import TestConnections
import TestServers
import TestTraits
import Testing

@testable import TimescaleDB

@Suite("How far an aggregate is refreshed", .needs(TestServer.community)) struct WatermarkTests {
  /// A hypertable and an aggregate on it that nothing has refreshed, by a type of time, with a bucket's length and a time
  /// of which the bucket ends at another.
  private static func aggregates(on server: TestServer) async throws -> TestDatabase {
    let types = [
      ("smallint", "10", "5"), ("integer", "10", "5"), ("bigint", "10", "5"),
      ("date", "'1 day'", "'2024-01-01'"), ("timestamp", "'1 day'", "'2024-01-01 12:00'"),
      ("timestamptz", "'1 day'", "'2024-01-01 12:00Z'"),
    ]
    let setup = types.map { type, width, time in
      let interval = width.hasPrefix("'") ? "interval \(width)" : "\(width)"
      let bucket = width.hasPrefix("'") ? "interval \(width)" : "\(width)::\(type)"
      return """
        CREATE TABLE of_\(type) (time \(type) NOT NULL, value int);
        SELECT create_hypertable('of_\(type)', 'time', chunk_time_interval => \(interval));
        CREATE FUNCTION now_\(type)() RETURNS \(type) LANGUAGE SQL STABLE AS 'SELECT NULL::\(type)';
        \(width.hasPrefix("'") ? "" : "SELECT set_integer_now_func('of_\(type)', 'now_\(type)');")
        CREATE MATERIALIZED VIEW by_\(type) WITH (timescaledb.continuous) AS
          SELECT time_bucket(\(bucket), time) AS bucket, sum(value) FROM of_\(type) GROUP BY 1 WITH NO DATA;
        INSERT INTO of_\(type) VALUES (\(time), 1);
        """
    }
    return try await server.makeDatabase(setup: setup.joined(separator: "\n"))
  }

  @Test(
    "is nowhere before the first refresh, and then the end of the last bucket",
    arguments: TestServer.community)
  func refreshed(server: TestServer) async throws {
    let database = try await Self.aggregates(on: server)
    let before = try await database.withConnection { try Watermark.all(on: $0) }
    #expect(before.count == 6)
    for watermark in before { #expect(watermark.refreshedTo == nil, "\(watermark)") }
    for watermark in before {
      try database.execute("CALL refresh_continuous_aggregate('\(watermark.aggregate)', NULL, NULL)")
    }
    let after = try await database.withConnection { try Watermark.all(on: $0) }
    let midnight: Int64 = 1_704_153_600_000_000
    #expect(after.map(\.refreshedTo) == [10, 10, 10, midnight, midnight, midnight])
  }
}
