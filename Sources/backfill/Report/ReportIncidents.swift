import BackfillCommands
import ChunkCatalog
import Postgres

/// All failures and differences, with what became of them: first what is still to be resolved.
struct ReportIncidents {
  let report: MigrationReport

  /// So many are listed; what is open comes first.
  static let limit = 1000
  private static let messageLimit = 1500

  init(_ report: MigrationReport) { self.report = report }

  func draw(into html: inout HTML) {
    html.element("h2", [:], "Failures and differences")
    guard !report.incidents.isEmpty else {
      html.element("p", ["class": "none"], "None are recorded.")
      return
    }
    let open = report.incidents.filter(\.isOpen)
    let shown = (open + report.incidents.filter { !$0.isOpen }).prefix(Self.limit)
    html.element("p", [:], summary(open: open.count))
    if shown.count < report.incidents.count {
      html.element(
        "p", ["class": "note"],
        "The first \(Quantity.grouped(shown.count)) are listed; __backfill.incident has them all.")
    }
    html.table(label: "Failures and differences") { html in
      html.head(["When", "What", "Chunk", "#Run", "Resolution", "Message"])
      html.element("tbody") { html in for incident in shown { Self.row(incident, into: &html) } }
    }
  }

  private func summary(open: Int) -> String {
    let all = report.incidents
    let failures = Quantity.grouped(all.count { $0.facts.kind == .failed }, "failure")
    let differences = Quantity.grouped(all.count { $0.facts.kind == .differed }, "difference")
    let rest = open == 0 ? "none of them open" : "\(Quantity.grouped(open)) not resolved"
    return "\(failures) and \(differences), \(rest)."
  }

  private static func row(_ incident: ReportedIncident, into html: inout HTML) {
    let facts = incident.facts
    html.element("tr") { html in
      html.element("td", ["class": "time"]) { $0.time(facts.at, otherwise: "") }
      html.element("td", ["class": "time"], what(facts))
      html.element("th", ["scope": "row", "class": "name"]) { html in
        html.chunk(chunk(incident), incident.place)
      }
      html.number(incident.run.map { "\($0)" } ?? "")
      html.element(
        "td", ["class": incident.isOpen ? "open" : "soft"], ReportWords.resolution(incident.resolution))
      html.element("td", ["class": "name"]) { message(facts.message, into: &$0) }
    }
  }

  private static func what(_ facts: RecordedIncident) -> String {
    switch (facts.kind, facts.work) {
    case (.differed, _): "differed"
    case (.failed, .copying): "copy failed"
    case (.failed, .verifying): "verify failed"
    }
  }

  private static func chunk(_ incident: ReportedIncident) -> String {
    let chunk = incident.facts.chunk
    let part = incident.place.part.map { ", part \($0.number)" } ?? ""
    return (chunk.schema.name == "_timescaledb_internal" ? SafeText.line(chunk.name.name) : chunk.shown)
      + part
  }

  /// The first line, and the whole where there is more of it.
  private static func message(_ text: String, into html: inout HTML) {
    let cut = text.count > messageLimit ? String(text.prefix(messageLimit)) + "…" : text
    let first = String(cut.prefix { $0 != "\n" })
    guard cut.count > 200 || first.count < cut.count else {
      html.write(first)
      return
    }
    html.element("details", ["class": "message"]) { html in
      html.element("summary", [:], String(first.prefix(200)) + (first.count > 200 ? "…" : ""))
      html.element("pre") { $0.write(lines: cut) }
    }
  }
}
