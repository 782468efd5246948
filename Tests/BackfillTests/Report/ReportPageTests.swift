import ChunkCatalog
import Foundation
import Postgres
import TestServers
import Testing

@testable import BackfillCommands
@testable import backfill

@Suite("The report's page") struct ReportPageTests {
  /// A bit of everything.
  static var varied: MigrationReport {
    var tasks = (1...40).map { ReportExample.task($0) }
    tasks[3] = ReportExample.task(4, state: .failed)
    tasks[4] = ReportExample.task(5, state: .differing)
    tasks[5] = ReportExample.task(6, state: .copied)
    tasks[6] = ReportExample.task(7, state: .pending)
    tasks[7].facts.part = .init(number: 2, count: 5)
    var report = ReportExample.report([ReportExample.hypertable(tasks)])
    report.incidents = [
      ReportExample.incident(tasks[3], message: "first\nsecond"),
      ReportExample.incident(tasks[0], .differed, resolution: .verified(by: 2, at: ReportExample.ago(80))),
    ]
    return report
  }

  @Test("is well-formed, and loads nothing") func wellFormed() throws {
    let html = ReportPage(Self.varied).html
    let page = try Markup(html)
    #expect(page.root.name == "html" && page.root.attributes["lang"] == "en")
    let loaders = Set(["src", "href", "action", "srcset", "poster", "data", "background"])
    for element in page.root.descendants {
      let named = element.attributes.filter { loaders.contains($0.key) && $0.value != "data:," }
      #expect(named.isEmpty, "\(element.name): \(named)")
      #expect(element.attributes.keys.filter { $0.hasPrefix("on") } == [], "\(element.name)")
    }
    // Nor does the style sheet or the script.
    for name in ["style", "script"] {
      let text = page.root.all(name).map(\.text).joined()
      #expect(!text.contains("@import") && !text.contains("http") && !text.contains("fetch("))
      #expect(text.ranges(of: "url(").count == text.ranges(of: "url(#").count)
    }
    #expect(page.root.all("script").count == 1)
  }

  @Test("names what is in its pictures and tables for those who don't see them") func accessible() throws {
    let page = try Markup(ReportPage(Self.varied).html)
    let ids = page.root.descendants.compactMap { $0.attributes["id"] }
    #expect(Set(ids).count == ids.count)
    let pictures = page.root.all("svg").filter { $0.attributes["aria-hidden"] != "true" }
    #expect(pictures.count >= 6)
    for picture in pictures {
      let named = (picture.attributes["aria-labelledby"] ?? "").split(separator: " ").map(String.init)
      let own = picture.children.compactMap { node -> Markup.Element? in
        if case .element(let element) = node { element } else { nil }
      }
      #expect(own.prefix(2).map(\.name) == ["title", "desc"])
      #expect(own.prefix(2).map { $0.attributes["id"] } == named.map(Optional.some))
      #expect(own.prefix(2).allSatisfy { !$0.text.isEmpty })
    }
    for table in page.root.all("table") {
      #expect(table.all("th").allSatisfy { ["col", "row"].contains($0.attributes["scope"]) })
      let columns = table.all("thead").flatMap { $0.all("th") }.count
      for row in table.all("tr") {
        #expect(row.all("th").count + row.all("td").count == columns, "\(row.text)")
      }
    }
    let headings = page.root.descendants.filter { ["h1", "h2", "h3"].contains($0.name) }.map(\.name)
    #expect(headings.first == "h1" && headings.filter { $0 == "h1" }.count == 1)
    for name in ["header", "main", "footer"] { #expect(page.root.all(name).count == 1) }
  }

  @Test("has a shape for each task, with what is known of it") func shapes() throws {
    let report = Self.varied
    let page = try Markup(ReportPage(report).html)
    let axis = try #require(page.root.all("svg").first { $0.attributes["data-chunks"] != nil })
    let titles = axis.all("path").compactMap { $0.all("title").first?.text }
    #expect(titles.count == 40 && axis.attributes["data-chunks"] == "40")
    #expect(
      titles[0]
        == "_hyper_1_1_chunk\n1970-01-02 to 1970-01-03\nverified, 1,001 rows, 10.0 kB in 2.00s")
    #expect(titles[3] == "_hyper_1_4_chunk\n1970-01-05 to 1970-01-06\nfailed\ntarget: copying rows: no")
    #expect(titles[7].hasPrefix("_hyper_1_8_chunk, part 2 of 5\n"))
    let classes = axis.all("path").filter { !$0.all("title").isEmpty }.map { $0.attributes["class"] ?? "v" }
    #expect(classes.prefix(8) == ["v", "v", "v", "f", "d", "c", "p", "v"])
  }

  /// What people and programs call things, and what servers say.
  static let hostile = [
    "</title></script><script>alert(1)</script>", "\" onload=\"alert(1)", "'><img src=x onerror=alert(1)>",
    "&amp;&lt;&#0;", "new\nline\r\n\ttab", "\u{202E}gnp.exe\u{2066}", "עברית",
    "\u{0}\u{1}\u{1B}[31m\u{7F}\u{85}",
    String(
      String.UnicodeScalarView([0xFFFE, 0xFFFF, 0xFDD0, 0xE000].compactMap { Unicode.Scalar($0 as UInt32) })),
    "]]>-->", String(repeating: "ü", count: 63), "{}*/;--url(http://x)",
  ]

  @Test("shows names and messages as text, whatever is in them", arguments: hostile)
  func names(name: String) throws {
    var tasks = (1...3).map {
      ReportExample.task(
        $0, hypertable: QualifiedName(name, name), chunk: QualifiedName(name, "\(name)\($0)"))
    }
    tasks[0].facts.copyMessage = name
    tasks[1] = ReportExample.task(2, state: .failed, hypertable: QualifiedName(name, name))
    tasks[1].facts.error = name
    var report = ReportExample.report([ReportExample.hypertable(tasks)])
    report.source = RecordedDatabase(
      address: name, database: name, user: name, postgresVersion: name, timescaleVersion: name)
    report.target = report.source ?? report.target
    report.incidents = [ReportExample.incident(tasks[1], message: name + "\n" + name)]
    report.runs[0].record.command = name
    report.runs[0].record.options = name
    report.runs[0].record.host = name
    report.runs[0].record.version = name
    report.runs[0].record.outcome = name
    report.runs[0].record.command = "copy"
    let page = try Markup(ReportPage(report).html)
    // Nothing has become an element or an attribute.
    let plain = try Markup(ReportPage(Self.namedPlainly(report)).html)
    #expect(page.root.descendants.map(\.name) == plain.root.descendants.map(\.name))
    #expect(
      page.root.descendants.map { $0.attributes.keys.sorted() }
        == plain.root.descendants.map { $0.attributes.keys.sorted() })
    // What has no shape of its own is spelled out.
    let shown = page.root.descendants.filter { !["style", "script"].contains($0.name) }.map(\.text).joined()
    #expect(shown.unicodeScalars.filter { $0 != "\n" && SafeText.isUnsafe($0) } == [])
    #expect(page.root.text.contains(SafeText.line(name)))
  }

  /// The same with a harmless text of the same number of lines.
  private static func namedPlainly(_ report: MigrationReport) -> MigrationReport {
    var report = report
    for index in report.hypertables[0].tasks.indices {
      let plain = QualifiedName("a", "b")
      report.hypertables[0].tasks[index].facts.chunk = plain
      report.hypertables[0].tasks[index].place.place.hypertable = plain
      report.hypertables[0].tasks[index].facts.copyMessage = report.hypertables[0].tasks[index].facts
        .copyMessage.map { _ in "x" }
      report.hypertables[0].tasks[index].facts.error = report.hypertables[0].tasks[index].facts.error.map {
        _ in "x"
      }
    }
    report.hypertables[0].name = QualifiedName("a", "b")
    report.incidents[0].facts.message = "x\nx"
    report.incidents[0].facts.chunk = QualifiedName("a", "b")
    report.source = ReportExample.database()
    report.target = ReportExample.database()
    for index in report.runs.indices { report.runs[index].record.options = "x" }
    return report
  }

  @Test("of ten thousand tasks has less than two megabytes") func large() throws {
    let names = (0..<5).map { QualifiedName("public", "a_rather_long_name_of_a_hypertable_\($0)") }
    var hypertables: [ReportedHypertable] = []
    for (number, name) in names.enumerated() {
      var tasks: [ReportedTask] = []
      for index in 0..<2000 {
        let priority = number * 2000 + index
        tasks.append(
          ReportExample.task(
            Int64(priority), lower: Int64(index) * ReportExample.day,
            state: index % 50 == 0 ? .failed : .verified, hypertable: name,
            chunk: Sample.chunk("_hyper_\(number + 100)_\(10_000 + priority)_chunk")))
      }
      hypertables.append(ReportExample.hypertable(tasks))
    }
    let html = ReportPage(ReportExample.report(hypertables)).html
    #expect(html.utf8.count < 2_000_000, "\(html.utf8.count) bytes")
    let shapes = html.ranges(of: "</title></path>").count
    #expect(shapes >= 10_000)
  }

  @Test("says what it comes to") func verdicts() {
    func verdict(_ states: [RecordedTask.State]) -> String {
      let tasks = states.enumerated().map { ReportExample.task(Int64($0), state: $1) }
      return ReportWords.verdict(ReportExample.report([ReportExample.hypertable(tasks)])).head
    }
    #expect(verdict([]) == "Nothing is staged.")
    #expect(verdict([.verified, .verified]) == "Copied and verified.")
    #expect(verdict([.verified, .copied]) == "Copied, not verified.")
    #expect(verdict([.verified, .copied, .pending]) == "Unfinished.")
    #expect(verdict([.verified, .failed, .pending]) == "Failed.")
    #expect(verdict([.verified, .failed, .differing]) == "Different.")
  }

  @Test("of an empty queue is a page as well") func empty() throws {
    var report = MigrationReport(now: ReportExample.now, target: ReportExample.database())
    report.created = ReportExample.now
    let page = try Markup(ReportPage(report).html)
    #expect(page.root.text.contains("Nothing is staged."))
    #expect(page.root.all("table").isEmpty)
  }
}
