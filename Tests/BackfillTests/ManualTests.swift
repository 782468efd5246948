import Foundation
import Testing

@testable import backfill

@Suite("The manual")
struct ManualTests {
  @Test("has a page for each of these topics")
  func topics() {
    let expected: Set = [
      "queue", "privileges", "invalidations", "locks", "tuning", "verification", "compression", "aggregates",
      "triggers", "snapshots", "connections", "limits", "durability", "exit-codes", "tests", "differences",
      "troubleshooting", "jobs",
    ]
    let topics = ManualPage.all.map(\.topic)
    #expect(expected.subtracting(topics) == [])
    #expect(Set(topics).count == topics.count)
    // Help is asked for by one word, so a page must not be hidden by a subcommand.
    #expect(topics.filter { Subcommand(rawValue: $0) != nil || $0 == HelpTopic.listName } == [])
  }

  @Test("fits into 80 columns, and ends lines with words", arguments: ManualPage.all)
  func width(page: ManualPage) {
    let lines = page.text.split(separator: "\n")
    #expect(lines.count > 5)
    #expect(lines.filter { $0.count > 80 || $0.last == " " || $0.contains("\t") } == [])
  }

  @Test("refers to its own pages only", arguments: ManualPage.all)
  func references(page: ManualPage) {
    let text = page.text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    let references = text.matches(of: /(?:; see|page|See also:) ([a-z-]+)/).map { String($0.output.1) }
    #expect(references.filter { ManualPage.named($0) == nil } == [])
  }

  @Test("is named by README and by help as it is")
  func namedElsewhere() throws {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let readme = try String(contentsOf: root.appendingPathComponent("README.md"), encoding: .utf8)
    let topics = readme.matches(of: /help ([a-z-]+)`/).map { String($0.output.1) }
    #expect(topics.count > 10)
    #expect(topics.filter { HelpTopic($0) == nil } == [])
    for subcommand in Subcommand.allCases {
      let text = HelpTopic.subcommand(subcommand).text
      let named = text.matches(of: /See also: help ([a-z, -]+)\./).flatMap {
        $0.output.1.split(separator: ", ")
      }
      #expect(named.filter { ManualPage.named(String($0)) == nil } == [], "\(subcommand)")
    }
  }

  @Test("leaves finding one's way in the sources to README, which names files and lines that are there")
  func sources() throws {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let readme = try String(contentsOf: root.appendingPathComponent("README.md"), encoding: .utf8)
    let rows = readme.matches(of: /\| `(Sources\/[^`]+)` \| `([^`]+)` \|/)
    #expect(rows.count >= 5)
    for row in rows {
      let source = try String(
        contentsOf: root.appendingPathComponent(String(row.output.1)), encoding: .utf8)
      #expect(source.contains(row.output.2), "\(row.output.1)")
    }
    let rooms = try FileManager.default.contentsOfDirectory(
      atPath: root.appendingPathComponent("Sources").path)
    #expect(rooms.filter { $0 != "CLibpq" && !readme.contains("`\($0)`") } == [])
  }
}
