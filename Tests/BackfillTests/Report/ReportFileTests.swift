import Foundation
import TestServers
import Testing

@testable import BackfillCommands
@testable import backfill

@Suite("The report's file") struct ReportFileTests {
  private func write(_ text: String, to path: String) throws {
    let file = ReportFile(path: path)
    let draft = try file.draft()
    try file.write(text, to: draft)
  }

  private func refusal(_ path: String) -> ReportFinding? {
    do throws(CommandFailure) {
      _ = try ReportFile(path: path).draft()
      return nil
    } catch {
      guard case .usage(.report(let finding)) = error else { return nil }
      return finding
    }
  }

  @Test("is there whole, and replaces what was there") func replaced() throws {
    let directory = try ScratchDirectory()
    let path = directory.path + "/report.html"
    try write("first, and longer", to: path)
    try write("second", to: path)
    #expect(try directory.text(of: "report.html") == "second")
    #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path) == ["report.html"])
  }

  @Test("isn't touched before all is written, and nothing else stays behind") func given() throws {
    let directory = try ScratchDirectory()
    try directory.write("old", to: "report.html")
    do { _ = try ReportFile(path: directory.path + "/report.html").draft() }
    #expect(try directory.text(of: "report.html") == "old")
    #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path) == ["report.html"])
  }

  @Test("stays behind a link") func link() throws {
    let directory = try ScratchDirectory()
    try directory.write("old", to: "real.html")
    try FileManager.default.createSymbolicLink(
      atPath: directory.path + "/link.html", withDestinationPath: "real.html")
    try write("new", to: directory.path + "/link.html")
    #expect(try directory.text(of: "real.html") == "new")
    #expect(
      try FileManager.default.destinationOfSymbolicLink(atPath: directory.path + "/link.html") == "real.html")
  }

  @Test("doesn't take the place of what is no file, or of a directory") func noFile() throws {
    let directory = try ScratchDirectory()
    #expect(refusal("/dev/null") == .isNoFile(path: "/dev/null"))
    #expect(refusal(directory.path) == .isDirectory(path: directory.path))
    #expect(refusal(directory.path + "/none/") == .isDirectory(path: directory.path + "/none/"))
    let missing = directory.path + "/none/report.html"
    #expect(refusal(missing) == .notWritten(path: missing, reason: "No such file or directory"))
    #expect(refusal("/proc/report.html") != nil)
  }
}
