import BackfillCommands
import ChunkCatalog
import Postgres

/// How fast each run was, and its workers.
struct ReportThroughput {
  let report: MigrationReport
  private let charts: [(run: ReportedRun, chart: ThroughputChart)]
  /// Runs that have done tasks, beyond those that are drawn.
  private let left: Int

  static let limit = 24
  private static let height = 90.0
  private static let laneHeight = 7.0
  private static let lanePitch = 10.0

  init(_ report: MigrationReport) {
    self.report = report
    let tasks = report.hypertables.flatMap(\.tasks)
    let all = report.runs.compactMap { run in
      (run.record.copies || run.record.command == "verify" ? ThroughputChart(run, tasks) : nil).map {
        (run, $0)
      }
    }
    // The longest ones, in their order.
    let longest = Set(
      all.sorted { $0.1.duration > $1.1.duration }.prefix(Self.limit).map { $0.0.record.id })
    charts = all.filter { longest.contains($0.0.record.id) }
    left = all.count - charts.count
  }

  func draw(into html: inout HTML) {
    guard !charts.isEmpty else { return }
    html.element("h2", [:], "Throughput")
    html.element(
      "p", ["class": "note"],
      "Bytes per second over each run's time, a task's bytes spread evenly over the time that it took; below, one bar for "
        + "each session of the run, with the tasks that it did. Runs of one command have the same scale."
        + (left > 0 ? " \(Quantity.grouped(left, "shorter run")) are left out." : ""))
    let longest = charts.map(\.chart.duration).max() ?? .zero
    let isShort = { (chart: ThroughputChart) in chart.duration * Self.share < longest }
    for (run, chart) in charts where !isShort(chart) { draw(run, chart, into: &html) }
    let short = charts.filter { isShort($0.chart) }
    guard !short.isEmpty else { return }
    html.element("details") { html in
      html.element("summary", [:], "\(Quantity.grouped(short.count, "run")) of less time")
      for (run, chart) in short { draw(run, chart, into: &html) }
    }
  }

  /// Of the longest run's time, what makes a run worth being looked at first.
  private static let share = 12

  private func draw(_ run: ReportedRun, _ chart: ThroughputChart, into html: inout HTML) {
    let peers = charts.filter { $0.run.record.command == run.record.command }
    draw(run, chart, upTo: Quantity.round(above: peers.map(\.chart.peak).max() ?? 1), into: &html)
  }

  private func draw(
    _ run: ReportedRun, _ chart: ThroughputChart, upTo most: Double, into html: inout HTML
  ) {
    html.element("section", ["aria-labelledby": "run-\(run.record.id)"]) { html in
      html.element(
        "h3", ["id": "run-\(run.record.id)"], "Run \(run.record.id): \(SafeText.line(run.record.command))")
      html.element("p", ["class": "note"], words(run, chart))
      html.element("figure") { html in
        html.element(
          "div", ["class": "scroll", "tabindex": "0", "role": "group", "aria-label": "Throughput"]
        ) { html in
          html.element("div", ["class": "axis"]) { html in
            html.element("div", ["class": "labels"]) { html in
              html.element(
                "span", ["style": "height: \(Int(Self.height) - 18)px"], "\(Quantity.bytes(Int64(most)))/s")
              html.element("span", ["style": "height: 18px"], "0")
            }
            picture(run, chart, most, into: &html)
            html.element("div", ["class": "labels"]) { html in
              if !chart.workers.isEmpty {
                html.element("span", [:], "\(Quantity.grouped(chart.workers.count, "session"))")
              }
            }
            workers(run, chart, into: &html)
            TimeAxisDrawing.draw(chart.ticks, into: &html)
          }
        }
      }
    }
  }

  private func words(_ run: ReportedRun, _ chart: ThroughputChart) -> String {
    let bytes = run.record.copies ? run.record.bytes : 0
    let rate = Quantity.rate(bytes: bytes, in: chart.duration).map { ", \($0) on average" } ?? ""
    return "\(chart.start.minute) to \(chart.end.minute), \(Quantity.roughTime(chart.duration)); "
      + "\(Quantity.grouped(chart.tasks, "task"))\(rate)"
      + (chart.peak > 0 ? ", \(Quantity.bytes(Int64(chart.peak)))/s at most" : "")
  }

  private func picture(
    _ run: ReportedRun, _ chart: ThroughputChart, _ most: Double, into html: inout HTML
  ) {
    html.picture(
      id: "throughput-\(run.record.id)", height: Int(Self.height),
      title: "Throughput of run \(run.record.id)", description: words(run, chart)
    ) { html in
      var grid = SVGPath()
      for y in [0.5, Self.height / 2, Self.height - 0.5] {
        grid.move(to: 0, y)
        grid.horizontal(to: 1000)
      }
      html.path(class: "grid", grid)
      html.path(class: "surface", chart.surface(upTo: most, height: Self.height))
    }
  }

  private func workers(_ run: ReportedRun, _ chart: ThroughputChart, into html: inout HTML) {
    let shown = chart.workers.prefix(ThroughputChart.workerLimit)
    let height = Int(Self.lanePitch) * shown.count + 4
    html.picture(
      id: "workers-\(run.record.id)", height: height, title: "Sessions of run \(run.record.id)",
      description:
        "\(Quantity.grouped(chart.workers.count, "session")), one line for each, with a bar for each task."
    ) { html in
      for (index, worker) in shown.enumerated() {
        let y = 4 + Self.lanePitch * Double(index)
        let title = worker.backend.map { "Server process \($0): " } ?? ""
        html.path(
          class: "worker", ThroughputChart.bars(worker, y: y, height: Self.laneHeight),
          title: title + Quantity.grouped(worker.spans.count, "task"))
      }
    }
  }
}
