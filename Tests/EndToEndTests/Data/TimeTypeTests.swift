import TestServers
import Testing

/// Every type that a time dimension may have, with a range that begins and ends inside chunks and has rows right on
/// both bounds.
struct TimeCase: Sendable {
  let table: String
  let type: String
  let interval: String
  /// Yields the source's times.
  let series: String
  let from: String
  let until: String
  /// A time in the range, and one before it that the target has too.
  let inside: String
  let before: String
  /// Turns a time as a person writes it into SQL.
  var point: @Sendable (String) -> String = { "'\($0)'" }

  static let all = [
    TimeCase(
      table: "timestamptz_times", type: "timestamptz", interval: "interval '1 day'",
      series: "generate_series('2024-01-01Z'::timestamptz, '2024-01-10Z', '1 hour')",
      from: "2024-01-02T06:00:00Z", until: "2024-01-08T20:00:00+02", inside: "2024-01-04 03:30Z",
      before: "2024-01-02 05:59:59.999999Z"),
    TimeCase(
      table: "timestamp_times", type: "timestamp", interval: "interval '1 day'",
      series: "generate_series('2024-01-01'::timestamp, '2024-01-10', '1 hour')",
      from: "2024-01-02T06:00:00", until: "2024-01-08 18:00", inside: "2024-01-04 03:30",
      before: "2024-01-02 05:59:59.999999"),
    TimeCase(
      table: "date_times", type: "date", interval: "interval '7 days'",
      series: "(SELECT d::date FROM generate_series('1969-12-01'::date, '1970-02-20', '1 day') AS d)",
      from: "1969-12-10", until: "1970-02-10", inside: "1970-01-01", before: "1969-12-09"),
    TimeCase(
      table: "bigint_times", type: "bigint", interval: "100",
      series: "generate_series(-500::bigint, 500)", from: "-333", until: "222", inside: "0", before: "-334"),
    TimeCase(
      table: "far_bigint_times", type: "bigint", interval: "1000000000000000000",
      series: "generate_series((-9e18)::bigint, (9e18)::bigint, 250000000000000000)",
      from: "-9000000000000000000", until: "8750000000000000000", inside: "7",
      before: "-9000000000000000001"),
    TimeCase(
      table: "integer_times", type: "integer", interval: "500000000",
      series: "(SELECT t::int FROM generate_series(-2147483648, 2147483647::bigint, 26214400) AS t)",
      from: "-2121269248", until: "2125463552", inside: "1", before: "-2147483647"),
    TimeCase(
      table: "smallint_times", type: "smallint", interval: "10000",
      series: "(SELECT t::smallint FROM generate_series(-32768, 32767, 128) AS t)",
      from: "-32640", until: "32640", inside: "1", before: "-32641"),
  ]

  static let uuid = TimeCase(
    table: "uuid_times", type: "uuid", interval: "interval '1 day'",
    series: """
      (SELECT to_uuidv7(t) FROM generate_series('2024-01-01Z'::timestamptz, '2024-01-10Z', '1 hour') AS t)
      """,
    from: "2024-01-02T06:00:00Z", until: "2024-01-08T18:00:00Z", inside: "2024-01-04 03:30Z",
    before: "2024-01-02 05:59:59.998Z", point: { "to_uuidv7_boundary('\($0)')" })

  static func cases(on server: TestServer) -> [TimeCase] {
    all + (server.hasUUIDDimensions ? [uuid] : [])
  }

  var definition: String {
    """
    CREATE TABLE \(table) (time \(type) NOT NULL, note text);
    SELECT create_hypertable('\(table)', 'time', chunk_time_interval => \(interval));
    """
  }

  var rows: String { "INSERT INTO \(table) SELECT s.t, 'source' FROM \(series) AS s (t);" }

  /// One row in the range, which has to go, and two outside, of which one is right on the end.
  var dualWrites: String {
    """
    INSERT INTO \(table) VALUES (\(point(inside)), 'replaced'), (\(point(before)), 'kept'),
      (\(point(until)), 'kept');
    """
  }

  var inRange: String { "time >= \(point(from)) AND time < \(point(until))" }
}

@Suite("Time types", .needsServer) struct TimeTypeTests {
  @Test("of every type, exactly the rows of the range move", arguments: TestServer.all)
  func everyType(server: TestServer) async throws {
    let cases = TimeCase.cases(on: server)
    let migration = try await Migration.on(
      server, setup: cases.map { $0.definition + $0.rows }.joined(separator: "\n"))
    try migration.target.execute(cases.map(\.dualWrites).joined(separator: "\n"))
    for time in cases {
      try await migration.run(
        "stage", "--from=\(time.from)", "--until=\(time.until)", "--filter", "^public\\.\(time.table)$")
    }
    try await migration.copyAndVerify()
    for time in cases {
      try migration.expectSame(time.table, where: time.inRange)
      #expect(
        try migration.target.query("SELECT note FROM \(time.table) WHERE NOT (\(time.inRange))")
          == [["kept"], ["kept"]], "\(time.table)")
    }
  }
}
