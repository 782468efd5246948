/// Bars of the medians of copying, one group for each trial, as an SVG file. Every group has its own
/// scale: what is to be compared stands in one group.
struct Chart {
  let report: Report

  private struct Bar {
    let name: String
    let medians: Medians
  }

  private static let (left, width, right) = (250.0, 420.0, 150.0)
  private static let (line, gap, top) = (20.0, 34.0, 60.0)
  private static let colours = ["#1668b8", "#8a8f98", "#d97a1e", "#5b9a3c", "#8c5ab5"]

  var svg: String {
    var y = Self.top
    var body = SVG()
    body.text("Seconds to copy, medians of \(report.runs)", x: 12, y: 24, size: 16, weight: "bold")
    body.text("\(report.date), \(report.machine.processor), \(report.server)", x: 12, y: 42, size: 11)
    let names = contestants
    for result in report.results where result.scenario != "round-trips" {
      let bars = result.contestants.compactMap { contestant in
        contestant.medians(.copy).map { Bar(name: contestant.name, medians: $0) }
      }
      guard let slowest = bars.map(\.medians.slowest).max() else { continue }
      body.text(result.title, x: 12, y: y + 14, size: 13, weight: "bold")
      y += Self.line + 4
      for bar in bars {
        let colour = Self.colours[(names.firstIndex(of: bar.name) ?? 0) % Self.colours.count]
        draw(bar, at: y, scale: Self.width / slowest, colour: colour, into: &body)
        y += Self.line
      }
      y += Self.gap - Self.line
    }
    return body.document(width: Self.left + Self.width + Self.right, height: y + 10)
  }

  private var contestants: [String] {
    var names: [String] = []
    for contestant in report.results.flatMap(\.contestants) where !names.contains(contestant.name) {
      names.append(contestant.name)
    }
    return names
  }

  /// The bar, and a thin line from the fastest to the slowest run.
  private func draw(_ bar: Bar, at y: Double, scale: Double, colour: String, into body: inout SVG) {
    let (from, to) = (Self.left + bar.medians.fastest * scale, Self.left + bar.medians.slowest * scale)
    body.text(bar.name, x: Self.left - 8, y: y + 13, size: 12, anchor: "end")
    body.rectangle(x: Self.left, y: y + 2, width: bar.medians.seconds * scale, height: Self.line - 6, colour)
    body.line(x: from, y: y + Self.line / 2 - 1, to: to)
    body.text("\(Figure.seconds(bar.medians.seconds)) s", x: to + 6, y: y + 13, size: 12)
  }
}
