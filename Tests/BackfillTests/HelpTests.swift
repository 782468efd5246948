import Testing

@testable import backfill

@Suite("Help")
struct HelpTests {
  /// Here and not in the tests' arguments, where Swift 6.0.3 crashes on a closure.
  private static let described = Subcommand.allCases.filter { $0 != .help }

  @Test("of each subcommand is as agreed", arguments: described)
  func subcommand(subcommand: Subcommand) throws {
    // A blank in a name is a dash in the file's.
    let agreed = try GoldenFile.text(subcommand.name.replacing(" ", with: "-") + ".txt")
    #expect(HelpTopic.subcommand(subcommand).text == agreed)
  }

  @Test("of the program is as agreed")
  func main() throws {
    let agreed = try GoldenFile.text("main.txt")
    #expect(HelpTopic.overview.text == agreed)
    #expect(HelpTopic.subcommand(.help).text == agreed)
  }

  @Test("lists the manual's pages as agreed")
  func topics() throws {
    let agreed = try GoldenFile.text("topics.txt")
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
