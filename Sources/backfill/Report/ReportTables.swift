import BackfillCommands
import ChunkCatalog
import Postgres

/// The report's plain tables.
struct ReportTables {
  let report: MigrationReport

  static let slowest = 12

  init(_ report: MigrationReport) { self.report = report }

  func hypertables(into html: inout HTML) {
    guard !report.hypertables.isEmpty else { return }
    html.element("h2", [:], "Hypertables and continuous aggregates")
    html.table(label: "Hypertables and continuous aggregates") { html in
      html.head([
        "Relation", "Staged range (its end is the completion point)", "#Tasks", "#Copied", "#Verified",
        "#Failed",
        "#Differing", "#Rows", "#Bytes",
      ])
      html.element("tbody") { html in
        for hypertable in report.hypertables {
          html.element("tr") { html in
            html.element("th", ["scope": "row", "class": "name"]) { $0.name(hypertable.name.shown) }
            html.element("td", [:], ReportWords.window(hypertable))
            Self.numbers(hypertable.totals, into: &html)
          }
        }
      }
      if report.hypertables.count > 1 {
        html.element("tfoot") { html in
          html.element("tr") { html in
            html.element("th", ["scope": "row"], "Total")
            html.element("td", [:], "")
            Self.numbers(report.totals, into: &html)
          }
        }
      }
    }
  }

  private static func numbers(_ totals: ReportedTotals, into html: inout HTML) {
    html.number(Quantity.grouped(totals.tasks))
    html.number(Quantity.grouped(totals.copied))
    for state in [RecordedTask.State.verified, .failed, .differing] {
      html.number(Quantity.grouped(totals[state]))
    }
    html.number(Quantity.grouped(totals.rows))
    html.number(Quantity.bytes(totals.bytes))
  }

  /// By the time that copying them took.
  func slowest(into html: inout HTML) {
    let timed = report.hypertables.flatMap(\.tasks).filter { $0.copyDuration != nil }
    guard timed.count > 1 else { return }
    let slowest = timed.sorted { one, two in
      let (first, second) = (one.copyDuration ?? .zero, two.copyDuration ?? .zero)
      return first != second ? first > second : one.facts.priority < two.facts.priority
    }.prefix(Self.slowest)
    html.element("h2", [:], "Slowest chunks")
    html.table(label: "Slowest chunks") { html in
      html.head(["Chunk", "#Copied in", "#Rows", "#Bytes", "#Rate", "#Run", "Remarks"])
      html.element("tbody") { html in for task in slowest { Self.row(task, into: &html) } }
    }
  }

  private static func row(_ task: ReportedTask, into html: inout HTML) {
    let duration = task.copyDuration ?? .zero
    html.element("tr") { html in
      html.element("th", ["scope": "row", "class": "name"]) { html in
        html.chunk(TaskTitle.name(task), task.place)
      }
      html.number(Quantity.time(duration))
      html.number(task.facts.rows.map { Quantity.grouped($0) } ?? "")
      html.number(task.facts.bytes.map(Quantity.bytes) ?? "")
      html.number(task.facts.bytes.flatMap { Quantity.rate(bytes: $0, in: duration) } ?? "")
      html.number(task.copiedBy.map { "\($0)" } ?? "")
      html.element("td", ["class": "name"], SafeText.line(String((task.facts.copyMessage ?? "").prefix(300))))
    }
  }

  /// What was typed, in order.
  func commands(into html: inout HTML) {
    html.element("h2", [:], "Commands")
    guard !report.runs.isEmpty else {
      html.element("p", ["class": "none"], "The queue records no run.")
      return
    }
    html.element(
      "p", ["class": "note"],
      "As they were given, without connection strings. Commands that found nothing to do are not recorded.")
    html.table(label: "Commands") { html in
      html.head([
        "#Run", "Command", "Began", "#Took", "Outcome", "#Chunks", "#Rows", "#Bytes", "#Failed", "Where",
      ])
      html.element("tbody") { html in for run in report.runs { Self.row(run, into: &html) } }
    }
  }

  private static func row(_ run: ReportedRun, into html: inout HTML) {
    let record = run.record
    html.element("tr") { html in
      html.element("th", ["scope": "row", "class": "number"], "\(record.id)")
      html.element("td", ["class": "name"]) { $0.element("code", [:], ReportWords.command(record)) }
      html.element("td", ["class": "time"]) { $0.time(record.started, otherwise: "") }
      let took = record.started.flatMap { start in run.end.map { $0.since(start) } }
      html.number(took.map { Quantity.time($0) } ?? "")
      html.element("td", [:], ReportWords.outcome(run))
      html.number(Quantity.grouped(record.chunks))
      html.number(Quantity.grouped(record.rows))
      html.number(record.bytes > 0 ? Quantity.bytes(record.bytes) : "")
      html.number(Quantity.grouped(record.failures))
      html.element("td", ["class": "time"]) { html in
        html.name(SafeText.line(record.host))
        html.write(", process \(record.process)")
      }
    }
  }
}
