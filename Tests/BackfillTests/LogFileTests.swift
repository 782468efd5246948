import Foundation
import Postgres
import Synchronization
import TestServers
import Testing

@testable import backfill

@Suite("The log") struct LogFileTests {
  private func path(_ name: String = "log") -> String {
    FileManager.default.temporaryDirectory.appendingPathComponent("\(name)-\(UUID())").path
  }

  private final class Failures: Sendable {
    private let reasons = Mutex<[String]>([])
    var all: [String] { reasons.withLock { $0 } }
    func add(_ reason: String) { reasons.withLock { $0.append(reason) } }
  }

  @Test("is added to, and only its owner may read it") func added() throws {
    let path = path()
    defer { try? FileManager.default.removeItem(atPath: path) }
    for text in ["one\n", "two\n"] { try LogFile(path) { _ in }.write(text) }
    #expect(try String(contentsOfFile: path, encoding: .utf8) == "one\ntwo\n")
    let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    #expect(mode == 0o600)
  }

  @Test("is refused where it can't be opened, at once") func refused() throws {
    let pipe = path("pipe")
    defer { try? FileManager.default.removeItem(atPath: pipe) }
    #expect(mkfifo(pipe, 0o600) == 0)
    for path in ["/nonexistent/log", "/tmp", pipe] {
      #expect(throws: LogFile.Refusal.self) { try LogFile(path) { _ in } }
    }
  }

  @Test("that is on a full disk is told once") func full() throws {
    let failures = Failures()
    let file = try LogFile("/dev/full") { failures.add($0) }
    for _ in 1...3 { file.write("line\n") }
    #expect(failures.all == ["No space left on device"])
  }

  @Test("has what is said and complained of, with the time, whatever the terminal has") func copies() {
    let sink = RecordingSink()
    let time = Timestamp(microseconds: 0)
    let log = Console(output: sink, errors: sink, clock: { time })
    let output = RecordingSink()
    let console = Console(output: output, errors: output, log: log)
    console.say(["result"])
    console.complain(Message(.warning, "careful"))
    console.redraw([.progress("an event's own line")], live: ["live"])
    #expect(console.finish())
    let stamp = "1970-01-01T00:00:00.000Z"
    #expect(sink.written == "\(stamp) result\n\(stamp) warning: careful\n")
    #expect(output.written.hasPrefix("result\nwarning: careful\nan event's own line\nlive"))
  }

  @Test("begins with a command line that tells no connection") func commandLine() throws {
    let lines: [(words: [String], told: String)] = [
      (
        ["copy", "--source=postgresql://me:hunter2@h/d", "--target", "host=h password=hunter2", "-p4"],
        "copy --source=... --target=... --parallelism=4"
      ),
      (
        ["stage", "--until", "2024-01-01", "--until", "a.b=5", "-f", "it's", "--log-file=x"],
        "stage --until=2024-01-01 --until=a.b=5 --filter='it'\\''s' --log-file=x"
      ),
    ]
    for line in lines { #expect(try CommandLineParser.output(line.words).commandLine == line.told) }
  }

  @Test("and what else is said of the output is read from the command line") func options() throws {
    let output = try CommandLineParser.output(["copy", "--quiet", "--timestamps", "--log-file", "f"])
    #expect(output.detail == .quiet && output.hasTimestamps && output.logFile == "f")
    #expect(try CommandLineParser.output(["verify", "--verbose"]).detail == .verbose)
    #expect(try CommandLineParser.output(["help", "copy"]) == OutputOptions())
    #expect(throws: UsageError.alternatives(.quiet, .verbose)) {
      try CommandLineParser.output(["clean", "--quiet", "--verbose"])
    }
    #expect(throws: UsageError.misplacedOption(.quiet, subcommand: .help)) {
      try CommandLineParser.output(["help", "--quiet"])
    }
  }
}
