import ChunkCatalog
import Postgres
import TestConnections
import Testing

@testable import BackfillCommands
@testable import backfill

/// A state as `status` finds it.
enum StatusExample {
  static let now = Timestamp(microseconds: 1_704_100_000_000_000)

  static func place(_ priority: Int64 = 2, part: NotableTask.Part? = nil) -> TaskPlace {
    TaskPlace(
      priority: priority, chunk: Sample.chunk("_hyper_1_\(priority)_chunk"),
      place: ChunkPlace(
        hypertable: QualifiedName("public", "readings"),
        from: .time(Timestamp(microseconds: 1_704_067_200_000_000)),
        to: .time(Timestamp(microseconds: 1_704_110_400_000_000))), part: part)
  }

  static let holder = Holder(
    .session(
      ServerSession(
        process: 99, role: "joe", application: "psql", address: "10.0.0.1",
        since: now.advanced(by: .seconds(-90)), state: "idle in transaction")))

  static var database: ConnectedDatabase {
    ConnectedDatabase(
      side: .target, address: "db:5432", database: "metrics", user: "app", postgresVersion: "18.0",
      timescaleVersion: "2.29.2")
  }

  /// With a bit of everything.
  static var busy: StatusResult {
    var result = StatusResult(database: database, now: now, queue: .present)
    var readings = QueueProgress()
    readings.tasks = .init(all: 110, copied: 12, verified: 4)
    readings.chunks = .init(all: 100, copied: 11, verified: 4)
    readings.failed = 1
    readings.differing = 1
    readings.copiedRows = 1_200_000
    readings.copiedBytes = 1_200_000_000
    readings.allBytes = 9_800_000_000
    result.progress = readings
    result.hypertables = [HypertableStatus(name: QualifiedName("public", "readings"), progress: readings)]
    let wait = AwaitedLock(
      lock: "lock on public.readings", since: now.advanced(by: .seconds(-12)), holders: [holder])
    let record = RecordedRun(
      id: 3, command: "copy", version: "0.1.0", options: "-p8", host: "db1", process: 4711, backend: 10,
      started: now.advanced(by: .seconds(-600)), chunks: 12, rows: 1_200_000, bytes: 1_200_000_000,
      failures: 1)
    result.runs = [
      RunStatus(
        command: "copy", state: .running, record: record,
        workers: [
          WorkerStatus(
            process: 11, task: place(5, part: .init(number: 2, count: 5)),
            since: now.advanced(by: .seconds(-31)), phase: .copying(rows: 43_200, bytes: 31_200_000)),
          WorkerStatus(
            process: 12, task: place(6), since: now.advanced(by: .seconds(-13)), phase: .waiting(for: wait)),
        ], idle: 2)
    ]
    result.failures = [
      TaskTrouble(
        kind: .failed, task: place(2), message: "target: copying: ERROR: no\nDETAIL: why", attempts: 2,
        at: now),
      TaskTrouble(kind: .differs, task: place(3), message: "5 rows differ", attempts: 0, at: nil),
    ]
    result.deferred = [
      DeferredStatus(
        hypertable: QualifiedName("public", "readings"),
        work: DeferredWork(
          chunk: Sample.chunk("_hyper_1_5_chunk"), hypertable: QualifiedName("public", "readings"),
          kind: "index",
          count: 2, names: ["a", "b"], partsLeft: 3))
    ]
    result.troubles = [.waiting(process: 12, place(6), wait), .lockedTask(place(7), by: holder)]
    result.pace = Pace(
      work: .copying, window: .seconds(300), bytesPerSecond: 25_300_000, left: .seconds(340), basis: .bytes)
    result.verdict = .differs
    result.notes = [.hiddenSessions(role: Identifier("app"))]
    return result
  }
}

@Suite("The text of status") struct StatusTextTests {
  @Test("tells everything, in unbroken lines for a pipe") func whole() {
    let task =
      #""public"."readings" from 2024-01-01 to 2024-01-01 12:00:00+00 (chunk "_timescaledb_internal"."#
    #expect(
      StatusText(StatusExample.busy).lines() == [
        "At 2024-01-01 09:06:40+00", "",
        "Different: 1 chunk differs from the source, 1 failed; a run is going on",
        "11 of 100 chunks copied, 4 verified; 1200000 rows; 1.2 GB of about 9.8 GB (12 %)",
        "Copying at 25.3 MB/s over the last 5m 00s; about 5m 40s left, if the rest goes at this rate", "",
        "Stuck or dead:",
        #"  process 12, at work on \#(task)"_hyper_1_6_chunk"), waits for lock on public.readings since 2024-01-01 "#
          + #"09:06:28+00, held by process 99 (role joe, "psql" from 10.0.0.1, idle in transaction since 2024-01-01 "#
          + "09:05:10+00)",
        "    wait for it, or end it: SELECT pg_terminate_backend(99)",
        #"  no run can work on \#(task)"_hyper_1_7_chunk"): process 99 (role joe, "psql" from 10.0.0.1, idle in "#
          + "transaction since 2024-01-01 09:05:10+00) has its task locked, and is none of ours",
        "    wait for it, or end it: SELECT pg_terminate_backend(99)", "",
        "Run 3 (copy on host db1, process 4711), begun 2024-01-01 08:56:40+00; 12 chunks, 1200000 rows, 1.2 GB, "
          + "1 failed",
        #"  process 11: loading for 31s, 43200 rows, 31.2 MB; \#(task)"_hyper_1_5_chunk", part 2 of 5)"#,
        #"  process 12: waits for lock on public.readings that process 99 has; \#(task)"_hyper_1_6_chunk")"#,
        "  2 sessions without a task", "",
        "Failed or different:",
        #"  \#(task)"_hyper_1_2_chunk") failed, 2 attempts, 2024-01-01 09:06:40+00:"#,
        "    target: copying: ERROR: no", "    DETAIL: why", #"  \#(task)"_hyper_1_3_chunk") differs:"#,
        "    5 rows differ", "",
        "chunks  copied  verified     rows   bytes  hypertable",
        #"   100      11         4  1200000  1.2 GB  "public"."readings": 1 failed, 1 differs"#, "",
        "Put off until all parts are copied:",
        #"  "public"."readings" (chunk "_timescaledb_internal"."_hyper_1_5_chunk"): 2 indexes (a, b); 3 parts left"#,
      ])
  }

  @Test("is broken between words for a terminal", arguments: [80, 120]) func broken(columns: Int) {
    let whole = StatusText(StatusExample.busy).lines()
    let broken = StatusText(StatusExample.busy).lines(columns: columns)
    #expect(broken.filter { LiveRegion.width(of: $0) > columns } == [])
    #expect(broken.count > whole.count)
    // Nothing is lost, and nothing stands twice.
    func words(_ lines: [String]) -> [Substring] { lines.flatMap { $0.split(separator: " ") } }
    #expect(words(broken) == words(whole))
  }

  @Test("goes on under what it belongs to") func indented() {
    #expect(
      StatusText.wrapped("  aaa bbb ccc ddd", columns: 11) == ["  aaa bbb", "    ccc ddd"])
    #expect(StatusText.wrapped("wordthatistoolong x", columns: 5) == ["wordthatistoolong", "  x"])
    #expect(StatusText.wrapped("温度 温度", columns: 5) == ["温度", "  温度"])
  }

  @Test("of a queue that isn't there says what to do") func absent() {
    var result = StatusResult(database: StatusExample.database, now: StatusExample.now, queue: .absent)
    result.next = .stage
    #expect(
      StatusText(result).lines() == [
        "At 2024-01-01 09:06:40+00", "",
        "Nothing is staged on this target: it has no queue (schema __backfill)", "",
        "Next: timescaledb-backfill stage",
      ])
  }

  static let archived: [Case<NextStep, String>] = [
    Case("copy", .copy, "import --input DIR"), Case("verify", .verify, "verify --input DIR"),
    Case("copy again", .copyDiffering, "import --again --differing --input DIR"),
    Case("refresh", .refreshCaggs, "refresh-caggs --watermarks-from DIR/watermarks.json"),
    Case("jobs", .jobsOn, "jobs on"), Case("clean", .clean, "clean"),
  ]

  @Test("of an archive's queue suggests what reads the archive", arguments: archived)
  func archive(row: Case<NextStep, String>) {
    var result = StatusExample.busy
    result.next = row.input
    result.isOfArchive = true
    #expect(StatusText(result).lines().last == "Next: timescaledb-backfill \(row.expected)")
  }

  @Test("names only some of very many failures") func many() {
    var result = StatusExample.busy
    result.failures = (1...500).map {
      TaskTrouble(kind: .failed, task: StatusExample.place($0), message: "no", attempts: 1, at: nil)
    }
    let lines = StatusText(result).lines()
    #expect(lines.filter { $0.hasSuffix("failed:") }.count == 20)
    #expect(lines.contains("  ... and 480 more (status --json)"))
  }

  @Test("hides what a name could do to a terminal") func hostile() {
    var result = StatusExample.busy
    result.failures[0].message = "\u{1B}[31mred\nerror: not ours"
    result.hypertables[0].name = QualifiedName("a\u{202E}", "b\n")
    let text = StatusText(result).lines().joined(separator: "\n")
    #expect(text.unicodeScalars.filter { $0 != "\n" && SafeText.isUnsafe($0) } == [])
    #expect(text.contains("\n    error: not ours"))
  }
}

@Suite("A status that is watched") struct WatchedStatusTests {
  private func watched(_ sightings: [Status.Sighting]) -> WatchedStatus {
    var watched = WatchedStatus(pause: .seconds(2))
    for sighting in sightings { watched.take(sighting) }
    return watched
  }

  private let plain = Style(isColoured: false)

  @Test("never outgrows the window", arguments: [40, 80, 120, 200], [1, 5, 24, 200])
  func bounds(columns: Int, rows: Int) {
    let screen = watched([.status(StatusExample.busy)]).screen(columns: columns, rows: rows, style: plain)
    #expect(screen.count <= max(1, rows - 1))
    #expect(screen.filter { $0.count >= columns } == [])
    if rows == 5 { #expect(screen.last?.hasPrefix("... and ") == true) }
  }

  @Test("leaves nothing of an earlier sight behind") func redrawn() {
    var region = LiveRegion()
    var terminal = TinyTerminal(columns: 80)
    var later = StatusExample.busy
    later.failures = []
    later.runs = []
    for result in [StatusExample.busy, later] {
      let screen = watched([.status(result)]).screen(columns: 80, rows: 60, style: plain)
      terminal.take(region.frame(scrolled: [], live: screen))
      #expect(terminal.text == screen)
    }
  }

  @Test("colours the word that matters") func coloured() {
    let screen = watched([.status(StatusExample.busy)]).screen(
      columns: 120, rows: 60, style: Style(isColoured: true))
    #expect(screen.contains { $0.hasPrefix("\u{1B}[31mDifferent:\u{1B}[0m 1 chunk differs") })
    #expect(screen.filter { $0.contains("\u{1B}") }.count == 1)
  }

  @Test("says that the target is away, and what was seen before") func lost() throws {
    let error = CommandFailure.failed(.unexpected("gone"))
    let now = ContinuousClock.now
    let seen = watched([.status(StatusExample.busy), .lost(error, since: now - .seconds(12))]).lines()
    let first = try #require(seen.first)
    #expect(first.hasPrefix("The target has not answered for 1"))
    #expect(first.hasSuffix("s: gone; asking again every 2.00s"))
    #expect(seen.contains("Different: 1 chunk differs from the source, 1 failed; a run is going on"))
    let back = watched([.lost(error, since: now), .status(StatusExample.busy)]).lines()
    #expect(back.first?.hasPrefix("target: db:5432") == true)
    #expect(back.contains { $0.hasPrefix("warning: the role \"app\" may not see") })
  }
}
