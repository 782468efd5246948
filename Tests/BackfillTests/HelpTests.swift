import Foundation
import Testing

@testable import backfill

@Suite("Help")
struct HelpTests {
  /// Made anew with `.build/debug/backfill help copy > Tests/BackfillTests/Golden/copy.txt`, and read. A blank in a name is
  /// a dash in the file's.
  private func golden(_ name: String) throws -> String {
    let here = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    return try String(contentsOf: here.appendingPathComponent("Golden/\(name).txt"), encoding: .utf8)
  }

  /// Here and not in the tests' arguments, where Swift 6.0.3 crashes on a closure.
  private static let described = Subcommand.allCases.filter { $0 != .help }

  @Test("of each subcommand is as agreed", arguments: described)
  func subcommand(subcommand: Subcommand) throws {
    let agreed = try golden(subcommand.name.replacing(" ", with: "-"))
    #expect(HelpTopic.subcommand(subcommand).text == agreed)
  }

  @Test("of the program is as agreed")
  func main() throws {
    let agreed = try golden("main")
    #expect(HelpTopic.overview.text == agreed)
    #expect(HelpTopic.subcommand(.help).text == agreed)
  }

  @Test("lists the manual's pages as agreed")
  func topics() throws {
    let agreed = try golden("topics")
    #expect(HelpTopic.topics.text == agreed)
  }

  @Test("fits into 80 columns", arguments: Subcommand.allCases)
  func width(subcommand: Subcommand) {
    let lines = HelpTopic.subcommand(subcommand).text.split(separator: "\n")
    #expect(lines.filter { $0.count > 80 } == [])
  }

  @Test("names every option that is accepted", arguments: described)
  func options(subcommand: Subcommand) {
    let text = HelpTopic.subcommand(subcommand).text
    for option in Option.allCases {
      #expect(text.contains("--\(option.long) ") == subcommand.accepts(option), "--\(option.long)")
    }
  }
}
