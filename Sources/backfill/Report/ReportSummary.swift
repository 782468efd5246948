import BackfillCommands
import ChunkCatalog
import Postgres

/// The migration at a glance.
struct ReportSummary {
  let report: MigrationReport
  private let totals: ReportedTotals

  init(_ report: MigrationReport) {
    self.report = report
    totals = report.totals
  }

  func draw(into html: inout HTML) {
    html.element("header") { html in
      html.element("h1") { html in
        html.write("Migration of ")
        html.name(SafeText.line(report.source?.database ?? report.target.database))
      }
      html.element("p", ["class": "soft"]) { html in
        if let source = report.source {
          html.write("from ")
          html.name(SafeText.line(source.address))
          html.write(" ")
        }
        html.write("to ")
        html.name(SafeText.line(report.target.address))
      }
      verdict(into: &html)
      if totals.tasks > 0 {
        bar(into: &html)
        legend(into: &html)
      }
      facts(into: &html)
    }
  }

  private func verdict(into html: inout HTML) {
    let words = ReportWords.verdict(report)
    html.element("p", ["class": "verdict \(words.tone)"]) { html in
      html.element("span") { html in
        html.element("strong", [:], words.head)
        html.write(" \(words.text)")
      }
    }
  }

  /// How many tasks are in each state.
  private func bar(into html: inout HTML) {
    let states: [RecordedTask.State] = [.verified, .copied, .differing, .failed, .pending]
    html.element(
      "svg",
      [
        "class": "bar", "role": "img", "aria-labelledby": "bar-title bar-desc", "viewBox": "0 0 1000 12",
        "preserveAspectRatio": "none",
      ]
    ) { html in
      html.element("title", ["id": "bar-title"], "Tasks by state")
      html.element(
        "desc", ["id": "bar-desc"],
        states.map { "\(Quantity.grouped(totals[$0])) \($0.word)" }.joined(separator: ", "))
      var x = 0.0
      for state in states where totals[state] > 0 {
        let width = 1000 * Double(totals[state]) / Double(totals.tasks)
        var path = SVGPath()
        path.rectangle(x: x, y: 0, width: width, height: 12)
        html.path(class: state.cssClass, path)
        x += width
      }
    }
  }

  private func legend(into html: inout HTML) {
    html.element("ul", ["class": "legend"]) { html in
      for state in [RecordedTask.State.verified, .copied, .pending, .differing, .failed] {
        html.element("li") { html in
          html.element("svg", ["viewBox": "0 0 14 14", "aria-hidden": "true"]) { html in
            var path = SVGPath()
            path.rectangle(x: 0.5, y: 0.5, width: 13, height: 13)
            html.path(class: state.cssClass, path)
          }
          html.write("\(Quantity.grouped(totals[state])) \(state.word)")
        }
      }
    }
  }

  private func facts(into html: inout HTML) {
    html.element("dl", ["class": "facts"]) { html in
      database("From", report.source, into: &html)
      database("To", report.target, into: &html)
      for fact in ReportWords.facts(report, totals) {
        html.element("div") { html in
          html.element("dt", [:], fact.name)
          html.element("dd") { html in
            html.write(fact.value)
            if let detail = fact.detail { html.element("small", [:], detail) }
          }
        }
      }
    }
  }

  private func database(_ name: String, _ database: RecordedDatabase?, into html: inout HTML) {
    html.element("div", ["class": "wide"]) { html in
      html.element("dt", [:], name)
      html.element("dd") { html in
        guard let database else {
          html.write("not recorded")
          return
        }
        html.write("database ")
        html.name(SafeText.line(database.database))
        html.write(" at ")
        html.name(SafeText.line(database.address))
        html.element("small") { html in
          html.write(
            "PostgreSQL \(database.postgresVersion), "
              + (database.timescaleVersion.map { "TimescaleDB \($0)" } ?? "no TimescaleDB") + ", role ")
          html.name(SafeText.line(database.user))
        }
      }
    }
  }
}
