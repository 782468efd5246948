import BackfillCommands
import ChunkCatalog
import Postgres

/// The report as one page that needs nothing else: no network, no other file.
struct ReportPage {
  let report: MigrationReport

  init(_ report: MigrationReport) { self.report = report }

  var html: String {
    var html = HTML()
    html.raw("<!DOCTYPE html>\n")
    html.open("html", ["lang": "en", "xmlns": "http://www.w3.org/1999/xhtml"])
    head(into: &html)
    html.element("body") { html in
      Self.patterns(into: &html)
      ReportSummary(report).draw(into: &html)
      html.element("main") { html in
        sections(into: &html)
      }
      footer(into: &html)
      html.element("script") { $0.raw(ReportScript.text) }
    }
    html.close("html")
    return html.text + "\n"
  }

  private func head(into html: inout HTML) {
    html.element("head") { html in
      html.void("meta", ["charset": "utf-8"])
      html.void("meta", ["name": "viewport", "content": "width=device-width, initial-scale=1"])
      html.void("meta", ["name": "generator", "content": Version.line])
      // Nothing is loaded, whatever a name says.
      html.void(
        "meta",
        [
          "http-equiv": "Content-Security-Policy",
          "content":
            "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:",
        ])
      html.void("link", ["rel": "icon", "href": "data:,"])
      html.element("title", [:], "Migration of \(SafeText.line(report.target.database))")
      html.element("style") { $0.raw(ReportStyle.text) }
    }
  }

  private func sections(into html: inout HTML) {
    guard report.verdict != .empty || !report.runs.isEmpty || !report.hypertables.isEmpty else { return }
    ReportTables(report).hypertables(into: &html)
    for (number, hypertable) in report.hypertables.enumerated() where !hypertable.tasks.isEmpty {
      ReportHypertableSection(hypertable, number: number, of: report.hypertables.count).draw(into: &html)
    }
    ReportThroughput(report).draw(into: &html)
    ReportTables(report).slowest(into: &html)
    ReportIncidents(report).draw(into: &html)
    ReportTables(report).commands(into: &html)
  }

  /// Fills that don't rest on colour alone.
  private static func patterns(into html: inout HTML) {
    html.raw(
      """
      <svg width="0" height="0" style="position:absolute" aria-hidden="true" focusable="false"><defs>\
      <pattern id="failed" width="6" height="6" patternUnits="userSpaceOnUse"><rect width="6" height="6"/>\
      <path d="M-1 1l2-2M0 6L6 0M5 7l2-2"/></pattern>\
      <pattern id="differing" width="5" height="5" patternUnits="userSpaceOnUse"><rect width="5" height="5"/>\
      <circle cx="2.5" cy="2.5" r="1.15"/></pattern></defs></svg>
      """)
  }

  private func footer(into html: inout HTML) {
    html.element("footer") { html in
      html.element("p") { html in
        html.write("Written ")
        html.time(report.now)
        html.write(
          " (the target's clock) by \(Version.line) from the schema __backfill of the target, in one snapshot. Times are in "
            + "UTC. Bytes are those that went over the network. What a chunk was copied again for counts once, as it was "
            + "copied last.")
      }
    }
  }
}

extension HTML {
  mutating func time(_ time: Timestamp) {
    let whole = Timestamp(microseconds: time.microseconds - time.microseconds % 1_000_000)
    element("time", ["datetime": whole.rfc3339], "\(whole.date) \(whole.time)")
  }

  mutating func time(_ time: Timestamp?, otherwise text: String) {
    if let time { self.time(time) } else { write(text) }
  }

  /// A name from a database, whose writing direction stays its own.
  mutating func name(_ name: String) { element("bdi", [:], name) }

  /// A chunk's name, and below it whose rows it has, and of which time.
  mutating func chunk(_ name: String, _ place: TaskPlace) {
    self.name(name)
    element("div", ["class": "note"]) { html in
      html.name(place.place.hypertable.shown)
      if let range = TaskTitle.range(place) { html.element("div", [:], range) }
    }
  }

  /// A table that scrolls by itself on a narrow window.
  mutating func table(label: String, _ content: (inout HTML) -> Void) {
    element("div", ["class": "scroll", "tabindex": "0", "role": "group", "aria-label": label]) { html in
      html.element("table", [:], content)
    }
  }

  /// A table's head. Titles that begin with "#" are of columns of numbers.
  mutating func head(_ titles: [String]) {
    element("thead") { html in
      html.element("tr") { html in
        for title in titles {
          let isNumber = title.hasPrefix("#")
          html.element(
            "th", ["scope": "col", "class": isNumber ? "number" : "text"],
            isNumber ? String(title.dropFirst()) : title)
        }
      }
    }
  }

  mutating func number(_ text: String) { element("td", ["class": "number"], text) }
}
