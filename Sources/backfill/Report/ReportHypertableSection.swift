import BackfillCommands
import ChunkCatalog
import Postgres

/// A hypertable's time axis, and its chunks as a table for those who don't see the picture.
struct ReportHypertableSection {
  let hypertable: ReportedHypertable
  private let drawing: TimeAxisDrawing
  private let number: Int

  /// Rows of all tables of chunks together. The pictures have them all; these are what asks for a look first.
  static let rowLimit = 400
  private let limit: Int

  /// - Parameter count: how many of these there are.
  init(_ hypertable: ReportedHypertable, number: Int, of count: Int) {
    limit = max(20, Self.rowLimit / max(1, count))
    self.hypertable = hypertable
    self.number = number
    drawing = TimeAxisDrawing(hypertable, number: number)
  }

  func draw(into html: inout HTML) {
    html.element("section", ["aria-labelledby": "hypertable-\(number)"]) { html in
      html.element("h3", ["id": "hypertable-\(number)"]) { $0.name(hypertable.name.shown) }
      if drawing.axis.unplaced > 0 {
        html.element(
          "p", ["class": "note"],
          "The queue does not tell the time of \(Quantity.grouped(drawing.axis.unplaced, "task")), which the picture lacks."
        )
      }
      drawing.draw(into: &html)
      chunks(into: &html)
    }
  }

  /// What failed or differs, then what isn't done, then the rest, by time.
  private var rows: ArraySlice<ReportedTask> {
    let order: [RecordedTask.State: Int] = [.failed: 0, .differing: 0, .pending: 1, .copied: 1, .verified: 2]
    let sorted = hypertable.tasks.sorted { one, two in
      let (first, second) = (order[one.facts.state] ?? 2, order[two.facts.state] ?? 2)
      if first != second { return first < second }
      return (one.time?.lower ?? .min, one.facts.priority) < (two.time?.lower ?? .min, two.facts.priority)
    }
    return sorted.prefix(limit)
  }

  private func chunks(into html: inout HTML) {
    let shown = rows
    html.element("details") { html in
      html.element("summary", [:], "Chunks as a table")
      if shown.count < hypertable.tasks.count {
        html.element(
          "p", ["class": "note"],
          "\(Quantity.grouped(shown.count)) of \(Quantity.grouped(hypertable.tasks.count, "task")), those first that are not verified."
        )
      }
      html.table(label: "Chunks of \(hypertable.name.shown)") { html in
        html.head(["Chunk", "Time", "State", "#Rows", "#Bytes", "#Copied in", "Remarks"])
        html.element("tbody") { html in for task in shown { row(task, into: &html) } }
      }
    }
  }

  private func row(_ task: ReportedTask, into html: inout HTML) {
    html.element("tr") { html in
      html.element("th", ["scope": "row", "class": "name"]) { $0.name(TaskTitle.name(task)) }
      html.element("td", ["class": "time"], TaskTitle.range(task.place) ?? "")
      html.element("td", ["class": "state"], task.facts.state.word)
      html.number(task.facts.rows.map { Quantity.grouped($0) } ?? "")
      html.number(task.facts.bytes.map(Quantity.bytes) ?? "")
      html.number(task.copyDuration.map(Quantity.time) ?? "")
      html.element("td", ["class": "name"], SafeText.line(String((task.facts.copyMessage ?? "").prefix(300))))
    }
  }
}
