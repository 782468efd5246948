/// Bars of throughput, one group for each trial, as an SVG file: how many times as fast as the baseline of its group each
/// contestant was. That can be compared from group to group, and with what other machines come to, better than seconds.
struct Chart {
  let report: Report

  private struct Bar {
    let contestant: String
    let name: String
    let ratio: Ratio
  }

  private static let (left, width, right) = (250.0, 420.0, 110.0)
  private static let (line, gap, top) = (20.0, 34.0, 60.0)
  private static let colours = ["#1668b8", "#8a8f98", "#d97a1e", "#5b9a3c", "#8c5ab5"]

  var svg: String {
    var y = Self.top
    var body = SVG()
    body.text("Throughput; the baseline's is 1", x: 12, y: 24, size: 16, weight: "bold")
    body.text(
      "\(report.date), \(report.machine.processor), \(report.server); medians of \(report.runs) runs in turn",
      x: 12, y: 42, size: 11)
    let names = contestants
    for result in report.results where result.scenario != "round-trips" {
      let bars = bars(of: result)
      guard let highest = bars.map(\.ratio.most).max() else { continue }
      body.text("\(result.title): \(result.dataset)", x: 12, y: y + 14, size: 13, weight: "bold")
      y += Self.line + 4
      for bar in bars {
        let colour = Self.colours[(names.firstIndex(of: bar.contestant) ?? 0) % Self.colours.count]
        draw(bar, at: y, scale: Self.width / highest, colour: colour, into: &body)
        y += Self.line
      }
      y += Self.gap - Self.line
    }
    return body.document(width: Self.left + Self.width + Self.right, height: y + 10)
  }

  /// What moves all rows: copying, loading, or the whole way through files.
  private func bars(of result: TrialResult) -> [Bar] {
    let steps: [Step] = [.phase(.copy), .phase(.load), .throughFiles]
    return result.contestants.flatMap { contestant in
      steps.compactMap { step in
        result.speed(contestant.name, step).map {
          Bar(contestant: contestant.name, name: Self.name(contestant.name, step), ratio: $0)
        }
      }
    }
  }

  private static func name(_ contestant: String, _ step: Step) -> String {
    contestant == ContestantName.this && step != .throughFiles ? "\(contestant) \(step.name)" : contestant
  }

  private var contestants: [String] {
    var names: [String] = []
    for contestant in report.results.flatMap(\.contestants) where !names.contains(contestant.name) {
      names.append(contestant.name)
    }
    return names
  }

  /// The bar, and a thin line from the least to the most of all runs.
  private func draw(_ bar: Bar, at y: Double, scale: Double, colour: String, into body: inout SVG) {
    let (from, to) = (Self.left + bar.ratio.least * scale, Self.left + bar.ratio.most * scale)
    body.text(bar.name, x: Self.left - 8, y: y + 13, size: 12, anchor: "end")
    body.rectangle(x: Self.left, y: y + 2, width: bar.ratio.median * scale, height: Self.line - 6, colour)
    body.line(x: from, y: y + Self.line / 2 - 1, to: to)
    body.text("\(Figure.short(bar.ratio.median)) ×", x: to + 6, y: y + 13, size: 12)
  }
}
