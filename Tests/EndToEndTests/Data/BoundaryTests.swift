import TestServers
import Testing

/// Where the range may begin and end in a hypertable with a chunk for each day from January 1st to 9th.
struct Boundary: Sendable {
  let name: String
  var from: String?
  let until: String
  /// How many chunks have a part in the range.
  let chunks: Int

  static let all = [
    Boundary(name: "ends_inside_a_chunk", until: "2024-01-04 13:30Z", chunks: 4),
    Boundary(name: "ends_on_a_bound", until: "2024-01-04Z", chunks: 3),
    Boundary(
      name: "begins_inside_a_chunk", from: "2024-01-03 07:15Z", until: "2024-02-01Z", chunks: 7),
    Boundary(name: "begins_on_a_bound", from: "2024-01-03Z", until: "2024-02-01Z", chunks: 7),
    Boundary(
      name: "lies_in_one_chunk", from: "2024-01-05 04:00Z", until: "2024-01-05 20:00Z", chunks: 1),
    Boundary(
      name: "lies_in_two_chunks", from: "2024-01-05 04:00Z", until: "2024-01-06 20:00Z", chunks: 2),
    Boundary(
      name: "is_a_microsecond", from: "2024-01-05 04:00Z", until: "2024-01-05 04:00:00.000001Z", chunks: 1),
    Boundary(name: "is_all", until: "2025-01-01Z", chunks: 9),
    Boundary(name: "is_before_all_rows", until: "2023-12-01Z", chunks: 0),
    Boundary(name: "ends_on_the_first_row", until: "2024-01-01Z", chunks: 0),
  ]

  /// Rows on the half hours, and right at, before and after both ends.
  var setup: String {
    """
    CREATE TABLE \(name) (time timestamptz NOT NULL, value int, note text);
    SELECT create_hypertable('\(name)', 'time', chunk_time_interval => interval '1 day');
    CREATE UNIQUE INDEX ON \(name) (time, value);
    INSERT INTO \(name)
    SELECT t, 1, 'source' FROM generate_series('2024-01-01Z'::timestamptz, '2024-01-09 23:59Z', '30 minutes') AS t;
    INSERT INTO \(name)
    SELECT p::timestamptz + d * interval '1 microsecond', d, 'near'
    FROM unnest(ARRAY[\([from, until].compactMap { $0 }.map { "'\($0)'" }.joined(separator: ", "))]) AS p,
      generate_series(-1, 1) AS d
    WHERE p::timestamptz + d * interval '1 microsecond' BETWEEN '2024-01-01Z' AND '2024-01-10Z';
    """
  }

  var condition: String {
    (from.map { "time >= '\($0)' AND " } ?? "") + "time < '\(until)'"
  }
}

@Suite("Boundaries", .needsServer) struct BoundaryTests {
  @Test("from <= time < until, wherever in a chunk these are", arguments: TestServer.ends)
  func exactly(server: TestServer) async throws {
    let migration = try await Migration.on(
      server, setup: Boundary.all.map(\.setup).joined(separator: "\n"))
    for boundary in Boundary.all {
      // What the target took in meanwhile, under the same keys as some of the source's.
      try migration.target.execute(
        """
        INSERT INTO \(boundary.name)
        SELECT t, v, 'target' FROM generate_series('2024-01-01Z'::timestamptz, '2024-01-09 23:59Z', '20 minutes')
          AS t, generate_series(1, 2) AS v
        """)
    }
    var kept: [String: Contents] = [:]
    for boundary in Boundary.all {
      kept[boundary.name] = try migration.target.contents(
        of: boundary.name, where: "NOT (\(boundary.condition))")
      let from = boundary.from.map { ["--from", $0] } ?? []
      let outcome = try await migration.backfill.run(
        ["stage", "-u", boundary.until, "-f", "^public\\.\(boundary.name)$"] + from)
      #expect(outcome.exitCode == 0, "\(outcome)")
      #expect(
        try migration.target.tasks(where: "hypertable_name = '\(boundary.name)'") == boundary.chunks,
        "\(boundary.name)")
    }
    try await migration.copyAndVerify()
    for boundary in Boundary.all {
      try migration.expectSame(boundary.name, where: boundary.condition)
      #expect(
        try migration.target.contents(of: boundary.name, where: "NOT (\(boundary.condition))")
          == kept[boundary.name], "\(boundary.name)")
    }
  }
}
