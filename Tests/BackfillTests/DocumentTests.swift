import Postgres
import Synchronization
import TestConnections
import TestServers
import Testing
import Waiting

@testable import BackfillCommands
@testable import backfill

/// A clock that a test sets.
private final class SetClock: Sendable {
  private let time = Mutex(Duration.zero)

  var now: Duration {
    get { time.withLock { $0 } }
    set { time.withLock { $0 = newValue } }
  }
}

@Suite("A document") struct DocumentTests {
  private func value(_ outcome: Outcome) throws -> JSONValue {
    try #require(JSONValue(DocumentSample.document(outcome).json.document))
  }

  /// A reporter that was told of events, one every three seconds.
  private static func lines(of events: [Event]) throws -> (JSONLineReporter, RecordingSink) {
    let errors = RecordingSink()
    let console = Console(output: RecordingSink(), errors: errors, errorForm: .lines)
    let clock = SetClock()
    let reporter = JSONLineReporter(
      console, try DocumentSample.command(["copy"]), started: StatusExample.now, clock: { clock.now })
    for event in events {
      clock.now += .seconds(3)
      reporter.report(event)
    }
    return (reporter, errors)
  }

  @Test("and lines have what the manual says, and all that it says")
  func documented() throws {
    var page = DocumentedJSON(page: ManualPage.json.text)
    for outcome in DocumentSample.worked {
      let text = try DocumentSample.document(outcome).json.document
      #expect(page.complaints(aboutDocument: text, hasWorked: true) == [])
    }
    let ends =
      RunSummaryTests.checks + RunSummaryTests.stages + RunSummaryTests.copies + RunSummaryTests.verifications
    for end in ends + RunSummaryTests.others {
      var hasWorked = true
      if case .failed = end.input { hasWorked = false }
      let text = try DocumentSample.document(end.input).json.document
      #expect(page.complaints(aboutDocument: text, hasWorked: hasWorked) == [], "\(end)")
    }
    let usage = Document(.noSubcommand, words: [], started: .now).json.document
    #expect(page.complaints(aboutDocument: usage, hasWorked: false) == [])

    let step = StepProgress(step: .finish, number: 6, count: 6, duration: .seconds(1))
    let events = DocumentSample.events + [.failed(DocumentSample.failed), .step(step)]
    let (reporter, errors) = try Self.lines(of: events)
    reporter.tellProgress()
    let console = Console(output: RecordingSink(), errors: errors, errorForm: .lines)
    console.say(.omitted(5))
    let steps: [StopSequence.Step] = [.drain, .cancel, .leave]
    for step in steps { console.complain(step.message(hasChunks: true)) }
    console.complain(.suspending)
    console.complain(Message(.noSubcommand))
    reporter.start(every: .seconds(3600))
    reporter.end(.done)
    #expect(page.complaints(aboutLines: errors.written) == [])
    #expect(page.unseen == [])
    let commands = Set(Subcommand.allCases.filter { $0.options.contains(.json) }.map(\.name))
    #expect(commands.subtracting(page.names) == [])
  }

  @Test("has the numbers of the text: stage") func stage() throws {
    let json = try value(.staged(DocumentSample.staged))
    func number(_ path: String) -> Int { json[path]?.integer ?? -1 }
    let text = RunSummary(.staged(DocumentSample.staged)).results
    let seconds = try #require(json["run_seconds"]?.number)
    #expect(
      text.contains(
        "Staged \(number("chunks.staged")) chunks to copy in \(Quantity.time(.seconds(seconds))) (of "
          + "\(number("hypertables_staged")) hypertable; \(number("tasks.staged_already")) more were staged already; "
          + "uncopied tasks of \(number("chunks.replaced")) chunks replaced; \(number("chunks.created")) chunks created "
          + "on the target; \(number("chunks.split")) large chunks in \(number("tasks.parts")) parts)"))
    let relation = try #require(json["plan"]?.elements.first)
    let cells = ["chunks", "compressed_chunks", "cut_chunks", "split_chunks"].map {
      relation[$0]?.integer ?? -1
    }
    let row = try #require(text.first { $0.hasPrefix("\"public\".\"readings\"") })
    #expect(row.split(separator: " ").dropFirst(2).prefix(4).map { Int($0) } == cells)
    #expect(row.hasSuffix("\(relation["rows"]?.integer ?? -1)"))
    #expect(row.contains(Quantity.bytes(Int64(relation["bytes"]?.integer ?? -1))))
    let remarks = relation["remarks"]?.elements.compactMap { $0["message"]?.text } ?? []
    #expect(text.filter { $0.hasPrefix("  ") } == remarks.map { "  \"public\".\"readings\": \($0)" })
    #expect(json["next"]?.text.map { "Next: \($0)" } == text.last)
  }

  @Test("has the numbers of the text: copy") func copy() throws {
    let json = try value(.copied(DocumentSample.copied))
    func number(_ path: String) -> Int { json[path]?.integer ?? -1 }
    let summary = RunSummary(.copied(DocumentSample.copied))
    let bytes = Int64(number("bytes"))
    let duration = Duration.seconds(try #require(json["run_seconds"]?.number))
    let rate = try #require(json["bytes_per_second"]?.number)
    #expect(
      summary.results == [
        "Skipped \(number("tasks.skipped")) chunk that no longer exists on the source",
        "Copied \(Quantity.bytes(bytes)) from \(number("tasks.copied")) chunks in \(Quantity.time(duration)) "
          + "(\(number("rows")) rows, \(Quantity.bytes(Int64(rate)))/s)",
        "Left in the queue: \(number("tasks.left_to_others")) chunks that another copy is working on",
      ])
    let problems = summary.problems.map(\.text)
    #expect(problems.contains { $0.hasPrefix("\(number("tasks.failed")) chunk failed:") })
    #expect(
      problems.contains { $0.hasPrefix("\(number("tasks.left_to_nobody")) chunks left to copy, locked") })
    #expect(json["errors"]?.elements.compactMap { $0["message"]?.text } == problems)
    #expect(json["locked"]?.elements.first?["holder.since"]?.text == "2026-01-02T03:04:05Z")
  }

  @Test("has the numbers of the text: verify, refresh-caggs, clean") func others() throws {
    var json = try value(.verified(DocumentSample.verified))
    func number(_ path: String) -> Int { json[path]?.integer ?? -1 }
    var summary = RunSummary(.verified(DocumentSample.verified))
    #expect(
      summary.results.first
        == "Verified \(number("tasks.verified")) chunks in 1m 17s (\(number("rows")) rows), "
        + "\(number("tasks.differing")) chunk differs")
    #expect(
      summary.results[1].hasPrefix("A sample of \(number("sample.chunks")) of \(number("sample.all")) chunks")
    )
    #expect(json["next"]?.text == "timescaledb-backfill copy --again --differing")
    #expect(json["outcome"]?.text == "differs")

    json = try value(.verified(DocumentSample.estimated))
    summary = RunSummary(.verified(DocumentSample.estimated))
    #expect(
      summary.results.contains {
        $0.hasPrefix("Compared the statistics of \(number("estimates.compared")) chunks")
      })
    #expect(
      json["warnings"]?.elements.compactMap { $0["code"]?.text } == [
        "server-error", "estimates-apart", "statistics-stale",
      ])
    #expect(
      json["errors"]?.elements.compactMap { $0["code"]?.text } == [
        "estimates-far-apart", "statistics-missing",
      ])

    json = try value(.refreshed(DocumentSample.refreshed))
    #expect(
      RunSummary(.refreshed(DocumentSample.refreshed)).results == [
        "Refreshed \(number("aggregates.refreshed")) continuous aggregate in 3.00s, \(number("aggregates.up_to_date")) "
          + "up to date already"
      ])
    json = try value(.cleaned(DocumentSample.cleaned))
    #expect(
      RunSummary(.cleaned(DocumentSample.cleaned)).results == [
        "Removed the record of \(number("loads.removed")) loads",
        "Rebuilt indexes on \(number("chunks.restored")) partly copied chunks",
        "Removed the queue with \(number("tasks.removed")) tasks, \(number("tasks.uncopied")) of them not copied",
        "Next: timescaledb-backfill jobs on",
      ])
    #expect(json["jobs.recorded"]?.integer == 1 && json["next"]?.text == "timescaledb-backfill jobs on")
  }

  @Test("has the numbers of the text: jobs") func jobs() throws {
    var result = DocumentSample.jobs(.off, .turnedOff, .turnedOff, .offAlready)
    var json = try value(.jobs(result))
    func number(_ path: String) -> Int { json[path]?.integer ?? -1 }
    #expect(
      RunSummary(.jobs(result)).results.last
        == "Turned off \(number("count.turned_off")) jobs; \(number("count.off_already")) was off already")
    #expect(json["outcome"]?.text == "done" && json["next"] == .null)

    result = DocumentSample.jobs(.on, .turnedOn, .onAlready, .lost)
    result.problems = [.lost(DocumentSample.job(1002, .lost).named, .gone)]
    json = try value(.jobs(result))
    let summary = RunSummary(.jobs(result))
    #expect(
      summary.results.last
        == "Turned on \(number("count.turned_on")) job; \(number("count.on_already")) was on already")
    #expect(json["errors"]?.elements.compactMap { $0["message"]?.text } == summary.problems.map(\.text))
    #expect(json["outcome"]?.text == "failed" && json["next"]?.text == "timescaledb-backfill jobs on")

    json = try value(.jobs(DocumentSample.jobs(.list, nil)))
    let row = try #require(RunSummary(.jobs(DocumentSample.jobs(.list, nil))).results.last)
    let job = try #require(json["jobs"]?.elements.first)
    #expect(row.contains("\(job["id"]?.integer ?? 0)") && row.contains(job["relation"]?.text ?? "?"))
    #expect(row.contains(job["schedule_interval"]?.text ?? "?"))
  }

  @Test("tells no connection string, and where it was connected to") func databases() throws {
    for outcome in DocumentSample.worked {
      let text = try DocumentSample.document(outcome).json.document
      #expect(!text.contains("secret"))
      #expect(JSONValue(text)?["source.address"]?.text == "db:5432")
    }
  }

  @Test(
    "says what to run next, as the text does",
    arguments: RunSummaryTests.checks + RunSummaryTests.copies + RunSummaryTests.stages)
  func next(end: RunSummaryTests.End) throws {
    let next = try value(end.input)["next"]?.text
    let told = end.expected.lines.last.flatMap { $0.hasPrefix("Next: ") ? String($0.dropFirst(6)) : nil }
    // Where something went wrong, the text says it in hints.
    if end.expected.problems.isEmpty { #expect(next == told) }
    if let told { #expect(next == told) }
  }

  @Test("is one, whoever comes first to the end") func once() throws {
    let output = RecordingSink()
    let answer = Answer(Console(output: output, errors: RecordingSink()))
    let done = try DocumentSample.document(.cleaned(DocumentSample.cleaned))
    let left = Document(
      leaving: try DocumentSample.command(["copy"]), told: DocumentSample.told, started: StatusExample.now)
    #expect(answer.give(left) == .stopped)
    #expect(answer.give(done) == .stopped)
    let json = try #require(JSONValue(output.written))
    #expect(json["outcome"]?.text == "stopped" && json["exit"]?.integer == 130)
    #expect(json["next"]?.text == "timescaledb-backfill copy")
    #expect(json["warnings"]?.elements.count == 1)
  }

  @Test("is asked for before the words are understood")
  func asked() {
    #expect(Presentation(words: ["--json", "x"]) == Presentation(isDocument: true))
    #expect(Presentation(words: ["copy", "--json-progress"]) == Presentation(hasLines: true))
    #expect(Presentation(words: ["copy", "--", "--json"]) == Presentation())
    #expect(CommandLineParser.subcommand(in: ["--filter", "copy", "--nonsense", "stage"]) == .stage)
    #expect(CommandLineParser.subcommand(in: ["--filter", "copy"]) == nil)
  }
}

@Suite("Lines of JSON") struct JSONLineTests {
  private let output = RecordingSink()
  private let errors = RecordingSink()
  private let clock = SetClock()

  private var values: [JSONValue] {
    errors.written.split(separator: "\n").compactMap { JSONValue(String($0)) }
  }

  private func reporter() throws -> (JSONLineReporter, Console) {
    let console = Console(output: output, errors: errors, errorForm: .lines)
    let reporter = JSONLineReporter(
      console, try DocumentSample.command(["copy"]), started: StatusExample.now,
      clock: { [clock] in clock.now })
    return (reporter, console)
  }

  @Test("tell how far a run is, as the live display does") func progress() throws {
    let (reporter, _) = try reporter()
    var board = ProgressBoard(activity: "Copying")
    for (index, sample) in DocumentSample.events.enumerated() {
      var event = sample
      // The first of the three that are planned.
      if case .finished(var chunk) = sample {
        (chunk.number, chunk.total) = (1, 3)
        event = .finished(chunk)
      }
      clock.now = .seconds(index * 2)
      reporter.report(event)
      board.take(event, at: .seconds(index * 2))
    }
    clock.now = .seconds(20)
    reporter.tellProgress()
    let progress = try #require(values.last)
    #expect(progress["event"]?.text == "progress")
    #expect(progress["seconds"]?.number == 14)
    let done = progress["tasks.done"]?.integer
    #expect(done == 1 && progress["tasks.all"]?.integer == 3 && progress["tasks.running"]?.integer == 1)
    #expect(progress["bytes"]?.integer == 46_200_000)
    let percent = try #require(progress["percent"]?.integer)
    let left = try #require(progress["eta_seconds"]?.number)
    let line = try #require(board.lines(at: .seconds(20), columns: 200, rows: 24).last)
    #expect(line.contains("\(percent) %"), "\(line)")
    #expect(line.contains("\(Quantity.roughTime(.seconds(left))) left"), "\(line)")
  }

  @Test("are all that standard error has; the text stays on standard output") func streams() throws {
    let (lines, console) = try reporter()
    let both = Reporters(LineReporter(console, Telling(activity: "Copying"), clock: { .zero }), lines)
    for event in DocumentSample.events { both.report(event) }
    both.report(.failed(DocumentSample.failed))
    console.complain(Message(.error, "at the end", code: "chunks-failed"))
    let written = errors.written.split(separator: "\n")
    #expect(values.count == written.count)
    #expect(
      values.compactMap { $0["event"]?.text } == [
        "connected", "warning", "note", "planned", "began", "began", "finished", "refreshing", "refreshed",
        "loading", "failed",
        "error",
      ])
    #expect(output.written.contains("[3/12] Copied \"_timescaledb_internal\".\"_hyper_1_1_chunk\""))
    #expect(!output.written.contains("Failed") && !output.written.contains("\"event\""))
    let finished = try #require(values.first { $0["event"]?.text == "finished" })
    #expect(finished["task.hypertable"]?.text == #""public"."readings""#)
    #expect(finished["task.from"]?.text == "2024-01-01T00:00:00Z")
    #expect(finished["rows"]?.integer == 432_000 && finished["bytes"]?.integer == 31_200_000)
  }

  @Test("are left out beyond a number where nobody reads, and counted") func bounded() throws {
    let errors = RecordingSink(isReady: false)
    let console = Console(output: output, errors: errors, errorForm: .lines)
    console.startWriting()
    console.complain(Message(.warning, "first", code: "first"))
    let many = Outbox.progressLimit * 2
    for _ in 1...many { console.say(JSONLine(event: "began", members: [], isMinor: true)) }
    console.complain(Message(.error, "last", code: "last"))
    errors.open()
    #expect(console.finish())
    let values = errors.written.split(separator: "\n").compactMap { JSONValue(String($0)) }
    let told = values.count { $0["event"]?.text == "began" }
    let omitted = values.compactMap { $0["lines"]?.integer }.reduce(0, +)
    #expect(omitted > 0 && told + omitted == many)
    #expect(values.first?["code"]?.text == "first" && values.last?["code"]?.text == "last")
  }

  @Test("end once") func end() throws {
    let (reporter, _) = try reporter()
    reporter.end(.stopped)
    reporter.end(.done, .cleaned(DocumentSample.cleaned))
    #expect(values.compactMap { $0["event"]?.text } == ["ended"])
    #expect(values.first?["exit"]?.integer == 130 && values.first?["outcome"]?.text == "stopped")
  }
}
