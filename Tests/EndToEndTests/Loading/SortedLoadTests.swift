import TestServers
import TestTraits
import Testing

/// Whether a batch was sorted is told by the order in which its rows lie in a chunk.
@Suite("Records at random over many chunks", .needsServer) struct SortedLoadTests {
  private static let count = 4000

  /// A row every quarter of an hour, over 42 chunks.
  private static let rows = """
    SELECT '2024-01-01 00:00Z'::timestamptz + i * interval '15 minutes' AS time, i % 10 AS device,
      i + 0.5::float8 AS value, 'a "quoted", ' || i AS note FROM generate_series(0, \(count - 1)) AS i
    """

  /// Records of these rows, in `columns`.
  private static func records(_ rig: LoadRig) throws -> [String] {
    try rig.target.query(
      """
      SET TimeZone = 'UTC';
      SELECT format('"%s",%s,%s,%s', replace(note, '"', '""'), device, time, value) || E'\\n'
      FROM (\(rows)) AS made ORDER BY hashint4(value::int)
      """
    ).map { $0[0] ?? "" }
  }

  private static let columns = "note,device,time,value"

  /// Rows that lie behind one of the same batch that is later.
  private static func descents(_ rig: LoadRig) throws -> Int {
    let found = try rig.target.value(
      """
      SELECT count(*) FILTER (WHERE time < before) FROM (
        SELECT time, lag(time) OVER (PARTITION BY tableoid, xmin::text ORDER BY ctid) AS before FROM readings) AS rows
      """)
    return Int(found ?? "") ?? -1
  }

  private static func expectRows(_ rig: LoadRig, sourceLocation: SourceLocation = #_sourceLocation) throws {
    let there = try rig.target.contents(of: "(\(rows)) AS made", columnsOf: "readings", where: "true")
    let here = try rig.target.contents(of: "readings", where: "true")
    #expect(there == here, sourceLocation: sourceLocation)
  }

  @Test("are sorted to chunks on their way, and all arrive", arguments: TestServer.all)
  func sorted(server: TestServer) async throws {
    let rig = try await LoadRig.on(server)
    let records = try Self.records(rig)
    let path = try rig.file(Self.columns + "\n" + records.joined())
    try await rig.load("--header", "-p1", path)
    #expect(try rig.target.value("SELECT count(*) > 3 FROM __backfill.load_batch") == "t")
    try Self.expectRows(rig)
    #expect(try Self.descents(rig) == 0)
    // As COPY's text, with another mark, by several workers.
    try rig.target.execute("TRUNCATE readings")
    let text = records.map { record in
      record.replacing("\"\"", with: "'").replacing(", ", with: "\\, ").replacing("\"", with: "")
    }
    let other = try rig.file("b.txt", text.joined() + "\\.\n")
    try await rig.load(
      "--format", "text", "--delimiter", ",", "--columns", Self.columns, "-p3", other)
    #expect(
      try rig.target.value(
        "SELECT count(DISTINCT value) || ' ' || min(note) FROM readings WHERE note = 'a ''quoted'', ' || value - 0.5"
      )
        == "\(Self.count) a 'quoted', 0")
    #expect(try rig.count == Self.count)
  }

  @Test("are sorted where aggregates learn of them too", .needsCommunity, arguments: TestServer.community)
  func aggregates(server: TestServer) async throws {
    let rig = try await LoadRig.on(server)
    try rig.target.execute(
      """
      CREATE MATERIALIZED VIEW daily WITH (timescaledb.continuous) AS
      SELECT time_bucket('1 day', time) AS day, count(*) AS n FROM readings GROUP BY 1 WITH NO DATA
      """)
    try rig.target.execute("CALL refresh_continuous_aggregate('daily', NULL, '2024-03-01')")
    let path = try rig.file(try Self.records(rig).joined())
    try await rig.load("--columns", Self.columns, "-p1", path)
    try Self.expectRows(rig)
    #expect(try Self.descents(rig) == 0)
    try rig.target.execute("CALL refresh_continuous_aggregate('daily', NULL, '2024-03-01')")
    #expect(try rig.target.value("SELECT sum(n) FROM daily") == "\(Self.count)")
  }

  @Test("are told by their places in the file if they are bad", arguments: TestServer.one)
  func bad(server: TestServer) async throws {
    let rig = try await LoadRig.on(server)
    var records = try Self.records(rig)
    let bad = [
      "b,1,2024-01-30 00:00Z,none\n", "b,1,2023-12-01 00:00Z,none\n", "b,1\n", "b,1,,1\n", "b,1,zzz,1\n",
    ]
    let places = [20, 50, 1100, 2500, 4000]
    for (place, record) in zip(places, bad) { records.insert(record, at: place) }
    let path = try rig.file(records.joined())
    let stopped = try await rig.load("--columns", Self.columns, "-p1", path, exits: 1)
    #expect(stopped.stderr.contains("readings.csv, line 21, column \"value\": "), "\(stopped)")
    #expect(try rig.count == 0)
    let rejects = "\(rig.directory.path)/bad.csv"
    let rejected = try await rig.load("--columns", Self.columns, "--on-error", "reject=\(rejects)", path)
    #expect(rejected.stdout.contains("Rejected 5 records"), "\(rejected)")
    try Self.expectRows(rig)
    #expect(try rig.directory.text(of: "bad.csv") == bad.joined())
    let reasons = try rig.directory.text(of: "bad.csv.reasons").split(separator: "\n").map {
      $0.split(separator: "\t")
    }
    #expect(reasons.map { $0[1] } == places.map { "\($0 + 1)" })
    #expect(reasons.map { $0[3] } == ["22P02", "22P02", "22P04", "23502", "22007"])
  }

  @Test("of one key are refused behind the first in the file", arguments: TestServer.one)
  func keys(server: TestServer) async throws {
    let rig = try await LoadRig.on(server)
    try rig.target.execute("CREATE UNIQUE INDEX ON readings (time, device)")
    var records = try Self.records(rig)
    // Earlier by its bytes, and the same time.
    records.insert("first,7,2024-03-01 12:00Z,1\n", at: 100)
    records.insert("second,7,2024-03-01 11:00-01,1\n", at: 300)
    let path = try rig.file(records.joined())
    let stopped = try await rig.load("--columns", Self.columns, "-p1", path, exits: 1)
    #expect(stopped.stderr.contains(", line 301") && stopped.stderr.contains("23505"), "\(stopped)")
    try await rig.load("--columns", Self.columns, "-p1", "--on-error", "skip", path)
    #expect(
      try rig.target.value("SELECT note FROM readings WHERE device = 7 AND time >= '2024-03-01Z'") == "first")
    #expect(try rig.count == Self.count + 1)
  }

  /// What the rows' order in the file can be seen by afterwards.
  private static let witnesses = [
    "ALTER TABLE readings ADD COLUMN number bigserial;",
    "ALTER TABLE readings ADD COLUMN number bigint GENERATED ALWAYS AS IDENTITY;",
    """
    CREATE SEQUENCE numbers;
    CREATE DOMAIN numbered AS bigint DEFAULT nextval('numbers');
    ALTER TABLE readings ADD COLUMN number numbered;
    """,
    """
    CREATE TABLE log (number bigserial, value float8);
    CREATE FUNCTION tell() RETURNS trigger LANGUAGE plpgsql AS
      'BEGIN INSERT INTO public.log (value) VALUES (new.value); RETURN new; END';
    CREATE TRIGGER tell AFTER INSERT ON readings FOR EACH ROW EXECUTE FUNCTION tell();
    """,
    """
    CREATE TABLE log (number bigserial, value float8);
    CREATE FUNCTION tell() RETURNS trigger LANGUAGE plpgsql AS
      'BEGIN INSERT INTO public.log (value) VALUES (new.value); RETURN new; END';
    CREATE TRIGGER tell BEFORE INSERT ON readings FOR EACH ROW EXECUTE FUNCTION tell();
    """,
  ]

  @Test("stay in their order where somebody sees it", arguments: witnesses.indices)
  func seen(number: Int) async throws {
    let setup = LoadRig.table + Self.witnesses[number]
    let rig = try await LoadRig.on(try TestServer.one.newest(), setup: setup)
    let records = try Self.records(rig)
    try await rig.load("--columns", Self.columns, "-p1", try rig.file(records.joined()))
    #expect(try rig.count == Self.count)
    #expect(try Self.descents(rig) > 0)
    // TimescaleDB gathers rows by their chunks before it fires triggers for them.
    guard !setup.contains("AFTER INSERT") else { return }
    let table = setup.contains("TABLE log") ? "log" : "readings"
    let values = try rig.target.query("SELECT value FROM \(table) ORDER BY number").map { $0[0] ?? "" }
    let inFile = records.map { String($0.dropLast().split(separator: ",").last ?? "") }
    #expect(values == inFile)
  }
}
