import ChunkCatalog
import Postgres
import TestConnections
import Testing

@testable import BackfillCommands
@testable import backfill

@Suite("A chunk's line")
struct ChunkLineTests {
  typealias Line = Case<FinishedChunk, String>
  private static let asText = TaskRemark.copying(.asText(.binaryIsRefused))
  private static let asTextWords = "as text, as the target refused a value in binary form"
  private static let name = "\"_timescaledb_internal\".\"_hyper_1_1_chunk\""

  static let lines: [Line] = [
    Line(
      "copied", Sample.finished(), "[3/12] Copied \(name) in 1.23s, 432000 rows, 31.2 MB (25.4 MB/s)"),
    Line(
      "remarks behind",
      Sample.finished(remarks: [asText, .copying(.asText(.columns([Identifier("new\nline")])))]),
      "[3/12] Copied \(name) in 1.23s, 432000 rows, 31.2 MB (25.4 MB/s); \(asTextWords); as text, for column \"new\\nline\""
    ),
    Line(
      "verified, without bytes", Sample.finished(outcome: .verified, seconds: 2, rows: 10, bytes: 0),
      "[3/12] Verified \(name) in 2.00s, 10 rows (5 rows/s)"),
    Line(
      "differs",
      Sample.finished(
        outcome: .differs, seconds: 0, rows: 1, bytes: 0,
        remarks: [
          .comparison(.differs(Difference(sourceRows: 1, targetRows: 1, columns: [Identifier("x")])))
        ]),
      #"[3/12] Differs \#(name) in 0.00s, 1 row; 1 rows on both sides; column "x" differs"#),
    Line(
      "skipped",
      Sample.finished(
        outcome: .skipped, seconds: 0, rows: 0, bytes: 0, remarks: [.copying(.chunkIsGone)]),
      "[3/12] Skipped \(name) in 0.00s; the chunk is gone from the source"),
    Line("empty", Sample.finished(rows: 0, bytes: 0), "[3/12] Copied \(name) in 1.23s, 0 rows"),
    Line(
      "a hostile name", Sample.finished(name: "a\"b\u{1B}[1m\nc", seconds: 0, bytes: 0),
      "[3/12] Copied \"_timescaledb_internal\".\"a\"\"b\\u{1b}[1m\\nc\" in 0.00s, 432000 rows"),
  ]

  @Test("has its facts in order", arguments: lines)
  func line(line: Line) { #expect(ChunkLine.text(line.input) == line.expected) }

  @Test("tells whose rows of which time it has, where the terminal has room", arguments: [true, false])
  func place(isColoured: Bool) {
    let noon = Timestamp(microseconds: 1_704_196_800_000_000)
    var chunk = Sample.finished(remarks: [Self.asText])
    chunk.place = ChunkPlace(
      hypertable: QualifiedName("public", "readings"), from: .beginning, to: .time(noon))
    let style = Style(isColoured: isColoured)
    let short = "[3/12] \(style.green("Copied")) \(Self.name) in 1.23s, 432000 rows, 31.2 MB (25.4 MB/s)"
    let long =
      "\(short); \"public\".\"readings\" the beginning of time to 2024-01-02 12:00:00+00; \(Self.asTextWords)"
    let width = long.count - (style.green("Copied").count - 6)
    #expect(ChunkLine.text(chunk, style) == long)
    #expect(ChunkLine.text(chunk, style, columns: width) == long)
    #expect(ChunkLine.text(chunk, style, columns: width - 1) == "\(short); \(Self.asTextWords)")
    chunk.place?.from = .localTime(noon)
    chunk.place?.to = .end
    #expect(
      ChunkLine.text(chunk, style)
        == "\(short); \"public\".\"readings\" 2024-01-02 12:00:00 to the end of time; \(Self.asTextWords)")
    chunk.place?.from = .number(7)
    #expect(ChunkLine.text(chunk, style).contains("\"readings\" 7 to the end of time"))
    chunk.place?.from = nil
    chunk.remarks = []
    #expect(ChunkLine.text(chunk, style) == "\(short); \"public\".\"readings\"")
    var failed = Sample.failed()
    failed.place = chunk.place
    #expect(
      ChunkLine.message(failed).text
        == "[4/12] Failed \"_timescaledb_internal\".\"_hyper_1_2_chunk\" (\"public\".\"readings\"): target: copying: disk full"
    )
  }

  @Test("colours only the verb")
  func colour() {
    let text = ChunkLine.text(Sample.finished(rows: 0, bytes: 0), Style(isColoured: true))
    #expect(text == "[3/12] \u{1B}[32mCopied\u{1B}[0m \(Self.name) in 1.23s, 0 rows")
  }

  @Test("is an error with the reason and the advice when it failed")
  func failed() {
    let message = ChunkLine.message(Sample.failed(name: "a\nb", because: .chunk(.tiered)))
    #expect(
      message.lines(Style(isColoured: false)) == [
        "error: [4/12] Failed \"_timescaledb_internal\".\"a\\nb\": the chunk has been tiered to object storage",
        "hint: untier it on the source",
      ])
  }

  @Test("advises by what the server said")
  func advised() {
    let chunk = Sample.failed(because: Sample.refused("53100"))
    let hint = "hint: make room on the target's disk, then run the same command again"
    #expect(ChunkLine.message(chunk).lines(Style(isColoured: false)).last == hint)
  }

  @Test("tells what became of a continuous aggregate")
  func aggregate() {
    let view = QualifiedName("public", "daily")
    let refreshed = RefreshedAggregate(view: view, range: ("2024-01-01", "2024-02-01"), duration: .seconds(2))
    #expect(
      ChunkLine.text(refreshed) == "Refreshed \"public\".\"daily\" from 2024-01-01 to 2024-02-01 in 2.00s")
    let idle = RefreshedAggregate(view: view, range: nil, duration: .zero)
    #expect(ChunkLine.text(idle) == "Up to date: \"public\".\"daily\"")
  }
}
