import Foundation
import TestServers
import Testing

@testable import backfill

/// What only the built program can show: its streams and its exit.
@Suite("The program")
struct BinaryTests {
  struct Ran {
    var output: String
    var errors: String
    var code: Int32
  }

  /// Runs a shell line with `$B` as the program. Streams go to files, which never fill up.
  private func shell(_ line: String, product: String = "backfill") throws -> Ran {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("backfill-\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let files = ["output", "errors"].map { folder.appendingPathComponent($0) }
    for file in files { try Data().write(to: file) }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = ["-c", line]
    process.environment = ["B": Self.products.appendingPathComponent(product).path, "PATH": "/usr/bin:/bin"]
    process.standardOutput = try FileHandle(forWritingTo: files[0])
    process.standardError = try FileHandle(forWritingTo: files[1])
    try process.run()
    process.waitUntilExit()
    let texts = try files.map { try String(contentsOf: $0, encoding: .utf8) }
    return Ran(output: texts[0], errors: texts[1], code: process.terminationStatus)
  }

  /// Products lie beside the test bundle.
  private static let products = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()

  @Test("goes by both names, and tells its version", arguments: ["backfill", "timescaledb-backfill"])
  func version(product: String) throws {
    let ran = try shell("exec \"$B\" --version", product: product)
    #expect(ran.output == "timescaledb-backfill 0.1.0\n")
    #expect(ran.errors == "")
    #expect(ran.code == 0)
  }

  @Test("called bare, helps on standard error")
  func bare() throws {
    let ran = try shell("exec \"$B\"")
    #expect(ran.output == "")
    #expect(ran.errors == HelpPage.main.text)
    #expect(ran.code == 2)
  }

  @Test("called for help, helps on standard output")
  func help() throws {
    let ran = try shell("exec \"$B\" copy --help")
    #expect(ran.output == HelpPage.of(.copy).text)
    #expect(ran.code == 0)
  }

  @Test("refuses before it says anything on standard output")
  func refusal() throws {
    let ran = try shell("exec \"$B\" copy --source=host=h --target=host=h -p0")
    #expect(ran.output == "")
    #expect(
      ran.errors == "error: --parallelism takes a whole number from 1 to 255, or \"auto\", got: \"0\"\n")
    #expect(ran.code == 2)
  }

  @Test(
    "answers a mistake with a document too, where one is asked for",
    arguments: [
      ["status", "--json"], ["--json", "nonsense"], ["status", "--json", "--watch", "--target=host=h"],
      ["status", "--json", "--bogus"], ["copy", "--json"], ["help", "--json"],
      ["report", "--json", "--target=host=h", "--output=-"],
    ])
  func document(words: [String]) throws {
    let ran = try shell("exec \"$B\" \(words.joined(separator: " "))")
    let read = try #require(
      try JSONSerialization.jsonObject(with: Data(ran.output.utf8)) as? [String: Any])
    #expect(read["outcome"] as? String == "usage")
    #expect(read["exit"] as? Int == 2)
    #expect(read["command"] as? String == words.first { Subcommand(rawValue: $0) != nil })
    let error = try #require((read["errors"] as? [[String: Any]])?.first)
    #expect(ran.errors.hasPrefix("error: \(try #require(error["message"] as? String))\n"))
    #expect(Set(error.keys) == ["code", "message", "detail", "hint", "side", "sqlstate", "object"])
    #expect(ran.code == 2)
  }

  @Test(
    "answers a mistake with a line of JSON, where lines are asked for",
    arguments: [["copy", "--json-progress"], ["--json-progress"], ["clean", "--json-progress", "--json"]])
  func line(words: [String]) throws {
    let ran = try shell("exec \"$B\" \(words.joined(separator: " "))")
    let line = try #require(JSONValue(ran.errors))
    #expect(line["event"]?.text == "error" && line["code"]?.text == "usage")
    #expect(words.contains("--json") ? JSONValue(ran.output)?["exit"]?.integer == 2 : ran.output.isEmpty)
    #expect(ran.code == 2)
  }

  @Test("answers with a document too what isn't UTF-8")
  func encodedDocument() throws {
    let ran = try shell("exec \"$B\" copy --json --source \"$(printf 'host=\\377')\"")
    #expect(
      JSONValue(ran.output)?["errors"]?.elements.first?["message"]?.text == "argument 4 is not valid UTF-8")
    #expect(ran.code == 2)
  }

  @Test("refuses what isn't UTF-8, rather than change it")
  func encoding() throws {
    let ran = try shell("exec \"$B\" copy --source \"$(printf 'host=\\377')\"")
    #expect(ran.errors == "error: argument 3 is not valid UTF-8\n")
    #expect(ran.code == 2)
  }

  @Test("begins every run with its version, and fails with 1")
  func run() throws {
    let ran = try shell("BACKFILL_TARGET=host=/nonexistent exec \"$B\" clean")
    #expect(ran.output == "timescaledb-backfill 0.1.0\n")
    #expect(ran.errors.hasPrefix("error: "))
    #expect(ran.code == 1)
  }

  @Test("doesn't mind streams that nobody listens to")
  func closed() throws {
    let run = "BACKFILL_TARGET=host=/nonexistent \"$B\" clean"
    #expect(try shell("\(run) >&- 2>&-; echo $?").output == "1\n")
    #expect(try shell("\(run) >/dev/full 2>/dev/full; echo $?").output == "1\n")
    #expect(try shell("(sleep 0.2; \(run); echo $? >&2) | true").errors.hasSuffix("\n1\n"))
  }
}
