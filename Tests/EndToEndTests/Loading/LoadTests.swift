import TestServers
import TestTraits
import Testing

@testable import backfill

@Suite("Files are loaded", .needsServer) struct LoadTests {
  @Test("with quoted newlines, carriage returns and a header, and not twice", arguments: TestServer.all)
  func csv(server: TestServer) async throws {
    let rig = try await LoadRig.on(server)
    let rows = LoadedRows(count: 5000)
    let first = try rig.file("a.csv", "time,device,value,note\n" + rows.csv)
    let loaded = try await rig.load("--header", first)
    #expect(loaded.stdout.contains("Loaded 5000 rows into \"public\".\"readings\""), "\(loaded)")
    try rig.expect(rows)
    #expect(try rig.target.value("SELECT count(*) > 3 FROM __backfill.load_batch") == "t")
    let again = try await rig.load("--header", first, exits: 1)
    #expect(again.stderr.contains("loaded before"), "\(again)")
    try rig.expect(rows)
    // Times in the next month, and columns in another order, by name.
    let second = try rig.file(
      "b.csv", "\"note\",time\r\n\"a\r\nb\",2024-03-01 00:00Z\r\n,2024-03-02 00:00Z\r\n")
    try await rig.load("--header", second)
    #expect(
      try rig.target.query("SELECT device, note FROM readings WHERE time >= '2024-03-01Z' ORDER BY time")
        == [[nil, "a\r\nb"], [nil, nil]])
    let cleaned = try await rig.run("clean")
    #expect(cleaned.stdout.contains("Removed the record of 2 loads"), "\(cleaned)")
    #expect(try rig.target.value("SELECT to_regnamespace('__backfill')") == nil)
  }

  @Test("whatever they are packed in, from standard input too", arguments: Packing.allCases)
  func packed(packing: Packing) async throws {
    let rig = try await LoadRig.on(TestServer.one.newest())
    let rows = LoadedRows(count: 4000)
    let bytes = packing.packed(Array(rows.csv.utf8))
    let path = try rig.file("rows", bytes)
    try await rig.load(path, "-p2")
    try rig.expect(rows)
    try rig.target.execute("TRUNCATE readings")
    let outcome = try await rig.backfill.run(rig.words(["-"]), input: path)
    #expect(outcome.exitCode == 0 && outcome.stdout.contains("cannot be read again"), "\(outcome)")
    try rig.expect(rows)
    // Cut off, in the middle of what was compressed.
    let cut = try rig.file("cut", Array(bytes.dropLast(bytes.count / 3)))
    if packing != .none {
      let failed = try await rig.load(cut, exits: 1)
      #expect(failed.stderr.contains("cut off"), "\(failed)")
    }
  }

  @Test("in the text format, in another encoding, and with marks of their own")
  func formats() async throws {
    let rig = try await LoadRig.on(TestServer.one.newest())
    let text = try rig.file(
      "a.txt", "2024-01-01 00:00Z\t1\t\\N\ta\\tb\\\\\\\nc\n2024-01-01 00:01Z\t2\t1.5\t\\N\n\\.\n")
    try await rig.load("--format", "text", text)
    let latin = try rig.file(
      "b.csv", Array("2024-01-02 00:00Z|3|NULL|'it\\'s ".utf8) + [0xe4] + Array("'\n".utf8))
    try await rig.load(
      "--encoding", "latin1", "--delimiter", "|", "--quote", "'", "--escape", "\\", "--null", "NULL", latin)
    #expect(
      try rig.target.query("SELECT device, value, note FROM readings ORDER BY time")
        == [["1", nil, "a\tb\\\nc"], ["2", "1.5", nil], ["3", nil, "it's \u{e4}"]])
    let header = try rig.file(
      "c.csv", Array("time,gr".utf8) + [0xf6] + Array("sse\n2024-01-03 00:00Z,4\n".utf8))
    try rig.target.execute("ALTER TABLE readings ADD COLUMN \"gr\u{f6}sse\" int")
    try await rig.load("--encoding", "LATIN1", "--header", header)
    #expect(try rig.target.value("SELECT \"gr\u{f6}sse\" FROM readings WHERE time = '2024-01-03Z'") == "4")
    let sjis = try await rig.load("--encoding", "SJIS", latin, exits: 2)
    #expect(sjis.stderr.contains("iconv"), "\(sjis)")
  }

  /// In chunks that are made after a column was dropped, columns have other numbers than in the hypertable.
  private static let shifted = """
    CREATE TABLE readings (gone int, device int, time timestamptz NOT NULL, earlier timestamptz, note text);
    SELECT create_hypertable('readings', 'time', chunk_time_interval => interval '1 day');
    ALTER TABLE readings DROP COLUMN gone;
    """

  @Test("within the window alone, as the server reads the times", arguments: TestServer.all)
  func window(server: TestServer) async throws {
    let rig = try await LoadRig.on(server, setup: Self.shifted)
    let path = try rig.file(
      """
      1,2024-01-01 00:59:59.999999+01,2024-01-01,
      2,2024-01-01 01:00:00+01,2020-01-01,
      3,2023-12-31 19:00:00-05,2020-01-01,
      4,2024-01-01 23:59:59.999999,2020-01-01,
      5,"Jan 2 2024 02:00:00 Asia/Kathmandu",,
      6,2024-01-02 00:00:00Z,2024-01-01,
      7,infinity,2024-01-01,
      8,-infinity,2024-01-01,

      """)
    let loaded = try await rig.load("--from", "2024-01-01", "--until", "2024-01-02T01:00+01:00", path)
    #expect(loaded.stdout.contains("Left out 4 records"), "\(loaded)")
    #expect(
      try rig.target.value("SELECT string_agg(device::text, ' ' ORDER BY device) FROM readings") == "2 3 4 5")
    // Nothing was made for what was left out.
    #expect(try rig.target.value("SELECT count(*) FROM show_chunks('readings')") == "1")
    // A record without a time isn't outside of the window.
    let timeless = try rig.file("b.csv", "1,2024-01-01 12:00,,\n2,,,\n")
    let failed = try await rig.load("--until", "2024-01-02", timeless, exits: 1)
    #expect(failed.stderr.contains("b.csv, line 2") && failed.stderr.contains("23502"), "\(failed)")
  }

  @Test("within the window of other types of time", arguments: ["date", "timestamp", "bigint"])
  func types(type: String) async throws {
    let interval = type == "bigint" ? "100" : "interval '1 day'"
    let rig = try await LoadRig.on(
      TestServer.one.newest(),
      setup: """
        CREATE TABLE readings (time \(type) NOT NULL, device int);
        SELECT create_hypertable('readings', 'time', chunk_time_interval => \(interval));
        """)
    let isNumber = type == "bigint"
    let path = try rig.file(
      isNumber ? "-1,1\n0,2\n99,3\n100,4\n" : "2023-12-31,1\n2024-01-01,2\n2024-01-31,3\n2024-02-01,4\n")
    try await rig.load(
      "--from", isNumber ? "0" : "2024-01-01", "--until", isNumber ? "100" : "2024-02-01", path)
    #expect(
      try rig.target.value("SELECT string_agg(device::text, ' ' ORDER BY device) FROM readings") == "2 3")
  }

  @Test("beside rows that are there, which stay, or are changed")
  func conflicts() async throws {
    let rig = try await LoadRig.on(TestServer.one.newest())
    try rig.target.execute(
      """
      CREATE UNIQUE INDEX ON readings (time, device);
      INSERT INTO readings VALUES ('2024-01-01 00:00Z', 1, 1, 'there'), ('2024-01-01 00:01Z', 1, 1, 'there')
      """)
    let path = try rig.file(
      "2024-01-01 00:00Z,1,2,new\n2024-01-01 00:02Z,1,2,new\n2024-01-01 00:02Z,1,3,newer\n2025-01-01 00:02Z,1,2,late\n"
    )
    let rows = "SELECT value || ' ' || note FROM readings ORDER BY time"
    let stopped = try await rig.load("--until", "2024-06-01", path, exits: 1)
    #expect(stopped.stderr.contains("23505") && stopped.stderr.contains(", line 1"), "\(stopped)")
    let skipped = try await rig.load("--again", "--until", "2024-06-01", "--on-conflict", "skip", path)
    #expect(skipped.stdout.contains("Passed over 2 records") && skipped.stdout.contains("Left out 1 record"))
    #expect(try rig.target.query(rows) == [["1 there"], ["1 there"], ["2 new"]])
    try await rig.load("--again", "--until", "2024-06-01", "--on-conflict", "update", path)
    #expect(try rig.target.query(rows) == [["2 new"], ["1 there"], ["3 newer"]])
  }

  @Test("past triggers that keep rows out, with generated columns, and into a plain table")
  func tables() async throws {
    let rig = try await LoadRig.on(
      TestServer.one.newest(),
      setup: """
        CREATE TABLE plain (id bigint GENERATED ALWAYS AS IDENTITY, a int, double int GENERATED ALWAYS AS (a * 2) STORED);
        CREATE FUNCTION odd() RETURNS trigger LANGUAGE plpgsql AS
          'BEGIN IF new.a % 2 = 0 THEN RETURN NULL; END IF; RETURN new; END';
        CREATE TRIGGER odd BEFORE INSERT ON plain FOR EACH ROW EXECUTE FUNCTION odd();
        """)
    let path = try rig.file("7,1\n8,2\n9,3\n")
    let loaded = try await rig.load("--table", "public.plain", path)
    #expect(loaded.stdout.contains("Passed over 1 record") && loaded.stderr.contains("triggers"), "\(loaded)")
    #expect(try rig.target.query("SELECT * FROM plain ORDER BY id") == [["7", "1", "2"], ["9", "3", "6"]])
    for (column, word) in [("double", "generated"), ("none", "no column"), ("a,a", "more than once")] {
      let refused = try await rig.load("--table", "plain", "--again", "--columns", column, path, exits: 2)
      #expect(refused.stderr.contains(word), "\(refused)")
    }
    let windowed = try await rig.load("--table", "plain", "--again", "--until", "2024-01-01", path, exits: 1)
    #expect(windowed.stderr.contains("no hypertable"), "\(windowed)")
  }

  @Test("where compressed chunks and aggregates see them", .needsCommunity, arguments: TestServer.community)
  func compressed(server: TestServer) async throws {
    let rig = try await LoadRig.on(server)
    let rows = LoadedRows(count: 2000, step: 60)
    try rig.target.execute(
      "INSERT INTO readings \(rows.sql) LIMIT 700; ALTER TABLE readings SET (timescaledb.compress)")
    try rig.target.execute("SELECT count(compress_chunk(c)) FROM show_chunks('readings') AS c")
    try rig.target.execute(
      """
      CREATE MATERIALIZED VIEW daily WITH (timescaledb.continuous) AS
      SELECT time_bucket('1 day', time) AS day, count(*) AS n FROM readings GROUP BY 1 WITH NO DATA
      """)
    try rig.target.execute("CALL refresh_continuous_aggregate('daily', NULL, '2024-02-01')")
    let rest = rows.csv.split(separator: "2024-").dropFirst(700).map { "2024-" + $0 }.joined()
    try await rig.load(try rig.file(rest))
    try rig.expect(rows)
    try rig.target.execute("CALL refresh_continuous_aggregate('daily', NULL, '2024-02-01')")
    #expect(try rig.target.value("SELECT sum(n) FROM daily") == "2000")
  }

  @Test("and a document tells what became of each record")
  func document() async throws {
    let rig = try await LoadRig.on(TestServer.one.newest())
    let path = try rig.file("2024-01-01 00:00Z,1,,\n2024-01-01 00:00Z,x,,\n2025-01-01 00:00Z,1,,\n")
    let outcome = try await rig.load(
      "--until", "2024-06-01", "--on-error", "skip", "--json", "--json-progress", path)
    var page = DocumentedJSON(page: ManualPage.json.text)
    #expect(page.complaints(aboutDocument: outcome.stdout, hasWorked: true) == [], "\(outcome)")
    #expect(page.complaints(aboutLines: outcome.stderr) == [], "\(outcome)")
    let document = try #require(JSONValue(outcome.stdout))
    #expect(["rows", "left_out", "rejected"].map { document[$0]?.integer } == [1, 1, 1])
    #expect(document["warnings"]?.elements.first?["code"]?.text == "bad-record")
    #expect(document["outcome"]?.text == "done" && document["table"]?.text == #""public"."readings""#)
    let failed = try await rig.load("--json", "--table", "nothing", path, exits: 2)
    #expect(page.complaints(aboutDocument: failed.stdout, hasWorked: false) == [], "\(failed)")
  }
}
