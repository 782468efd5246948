import TestServers
import TestTraits
import Testing

@testable import backfill

@Suite("The man page")
struct ManPageTests {
  @Test("is as agreed")
  func agreed() throws {
    let agreed = try GoldenFile.text("man.1")
    #expect(HelpTopic.man.text == agreed)
  }

  @Test("has every subcommand, option, variable and topic")
  func complete() {
    let text = ManPage.text
    #expect(Subcommand.allCases.filter { !text.contains(".SS \"\(Roff.escaped($0.name))\"\n") } == [])
    #expect(Option.allCases.filter { !text.contains("\\fB\(Roff.escaped("--\($0.long)"))\\fR") } == [])
    #expect(
      Option.allCases.compactMap(\.environmentVariable).filter { !text.contains("\\fB\($0)\\fR") } == [])
    #expect(ManualPage.all.filter { !text.contains("\\fB\(Roff.escaped($0.topic))\\fR") } == [])
  }

  @Test("is what groff reads without a warning", .needsProgram("man", package: "man-db"))
  func groff() async throws {
    let directory = try ScratchDirectory()
    try directory.write(ManPage.text, to: "page.1")
    let ran = try await InstalledProgram.run(
      ["man", "--warnings", "--encoding=UTF-8", "--local-file", "page.1"], in: directory,
      environment: ["MANWIDTH": "80", "MAN_KEEP_FORMATTING": "", "PAGER": "cat"])
    #expect(ran.ending == .exited(0))
    // As a person sees it: with what they copy.
    #expect(ran.output.contains("-p, --parallelism N"))
    #expect(ran.output.contains("--filter '^public\\.conditions'"))
    #expect(
      !ran.output.contains(": warning"),
      "\(ran.output.split(separator: "\n").filter { $0.contains(": warning") })")
  }

  @Test("is what mandoc reads without a warning", .needsProgram("mandoc", package: "mandoc"))
  func mandoc() async throws {
    let directory = try ScratchDirectory()
    try directory.write(ManPage.text, to: "page.1")
    let ran = try await InstalledProgram.run(
      ["mandoc", "-T", "lint", "-W", "warning", "page.1"], in: directory)
    #expect(ran.ending == .exited(0))
    #expect(ran.output == "")
  }
}

@Suite("roff")
struct RoffTests {
  @Test(
    "shows text as it is",
    arguments: [
      ("--until '2024'", "\\-\\-until \\(aq2024\\(aq"), ("a\\.b", "a\\e.b"),
      ("~/^`\"", "\\(ti/\\(ha\\(ga\\(dq"),
    ])
  func escapes(text: String, expected: String) {
    #expect(Roff.escaped(text) == expected)
  }

  @Test("takes no text for a request")
  func requests() {
    var page = Roff()
    page.section("EXAMPLES")
    page.paragraph(".SH is no heading")
    page.paragraph("'tis no request")
    #expect(page.text == ".SH EXAMPLES\n\\&.SH is no heading\n.PP\n\\&\\(aqtis no request\n")
  }
}
