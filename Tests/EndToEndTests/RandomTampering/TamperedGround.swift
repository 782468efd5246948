import TestServers
import Testing

/// A copied hypertable with a chunk for each day of January 2024, in turn as rows, compressed, and with rows beside the
/// batches.
struct TamperedGround {
  enum Form: CaseIterable {
    case rows
    case compressed
    case partlyCompressed
  }

  let migration: Migration
  let server: TestServer

  static let days = 1...30

  static func copied(on server: TestServer) async throws -> TamperedGround {
    let ground = TamperedGround(
      migration: try await Migration.on(server, setup: setup(on: server)), server: server)
    try await ground.migration.run("stage", "--until", "2024-02-01")
    try await ground.migration.copyAndVerify()
    return ground
  }

  func form(day: Int) -> Form {
    server.isCommunity ? Form.allCases[day % Form.allCases.count] : .rows
  }

  /// The rows of a day's chunk, the late ones too.
  func rows(day: Int) -> [TamperedRow] {
    let devices = (0..<24).flatMap { hour in [1, 2].map { TamperedRow(hour: hour, device: $0) } }
    let late = [3, 11, 20].map { TamperedRow(hour: $0, device: 3) }
    return devices + (form(day: day) == .partlyCompressed ? late : [])
  }

  /// The source's chunk of a day, and the target's.
  func chunk(day: Int) throws -> (source: String, target: String) {
    let question = """
      SELECT format('"%s"."%s"', chunk_schema, chunk_name) FROM timescaledb_information.chunks
      WHERE hypertable_name = 'tampered' AND range_start = '\(TamperedRow.text(day: day, hour: 0))'
      """
    return (try migration.source.value(question) ?? "?", try migration.target.value(question) ?? "?")
  }

  /// A row's number, out of its columns `time` and `device`; no two rows of a month have the same.
  static let number =
    "4 * (extract(epoch FROM time - timestamptz '2024-01-01 00:00Z') / 3600)::int + device"

  private static func setup(on server: TestServer) -> String {
    let columns = TamperedColumn.all
    let insert = """
      INSERT INTO tampered SELECT time, device, \(columns.map(\.value).joined(separator: ", "))
      FROM (SELECT *, \(number) AS n FROM generate_series('2024-01-01Z'::timestamptz, '2024-01-30 23:00Z', '1 hour') AS time,
      """
    let made = """
      SET TimeZone = 'UTC';
      CREATE TABLE tampered (time timestamptz NOT NULL, device int NOT NULL,
        \(columns.map { "\($0.name) \($0.type)" }.joined(separator: ", ")));
      SELECT create_hypertable('tampered', 'time', chunk_time_interval => interval '1 day');
      \(insert) generate_series(1, 2) AS device) AS r;
      """
    guard server.isCommunity else { return made }
    return made + """
      ALTER TABLE tampered SET (timescaledb.compress, timescaledb.compress_segmentby = 'device');
      SELECT compress_chunk(format('%I.%I', chunk_schema, chunk_name)) FROM timescaledb_information.chunks
      WHERE hypertable_name = 'tampered' AND extract(day FROM range_start AT TIME ZONE 'UTC')::int % 3 > 0;
      \(insert) (VALUES (3)) AS d (device)) AS r
      WHERE extract(day FROM time AT TIME ZONE 'UTC')::int % 3 = 2 AND extract(hour FROM time AT TIME ZONE 'UTC') IN (3, 11, 20);
      """
  }
}
