import BackfillCommands
import ChunkCatalog
import Postgres

/// A time axis as a figure: names of lines as text beside it, the picture itself stretched to the width that there is.
struct TimeAxisDrawing {
  let hypertable: ReportedHypertable
  let axis: TimeAxis
  /// Tells this figure's elements from those of others.
  let number: Int

  init(_ hypertable: ReportedHypertable, number: Int) {
    self.hypertable = hypertable
    self.number = number
    axis = TimeAxis(hypertable)
  }

  private var laneHeight: Int {
    let whole = axis.lines.count == 1 ? 28 : 14
    return axis.lanes == 1 ? whole : max(5, whole / axis.lanes)
  }
  private var lineHeight: Int { laneHeight * axis.lanes }
  /// From one line to the next.
  private var pitch: Int { max(16, lineHeight + 3) }
  private var height: Int { axis.lines.count == 1 ? lineHeight : pitch * axis.lines.count }
  /// Its shapes are too narrow for outlines.
  private var isFine: Bool { Self.usualWidth(axis) < 8 }

  private static func usualWidth(_ axis: TimeAxis) -> Double {
    let widths = axis.marks.flatMap(\.pieces).map { 1000 * ($0.upper - $0.lower) }.sorted()
    return widths.isEmpty ? 1000 : widths[widths.count / 2]
  }

  func draw(into html: inout HTML) {
    guard !axis.lines.isEmpty else { return }
    html.element("figure") { html in
      html.element("div", ["class": "scroll", "tabindex": "0", "role": "group", "aria-label": "Time axis"]) {
        html in
        html.element("div", ["class": axis.lines.count == 1 ? "axis plain" : "axis"]) { html in
          labels(into: &html)
          picture(into: &html)
          Self.draw(axis.ticks, into: &html)
        }
      }
      html.element("output", ["aria-live": "polite"], "Point at a chunk, or move with the arrow keys.")
    }
  }

  private func labels(into html: inout HTML) {
    html.element("div", ["class": "labels"]) { html in
      for line in axis.lines where !line.label.isEmpty {
        let gap = line.followsGap ? "; border-top: 1px dashed currentColor" : ""
        html.element(
          "span", ["style": "height: \(pitch)px; line-height: \(pitch)px\(gap)"], line.label)
      }
    }
  }

  private func picture(into html: inout HTML) {
    html.picture(
      id: "axis-\(number)", height: height, title: "Chunks of \(hypertable.name.shown) by time",
      description: words,
      ["data-chunks": "\(axis.marks.count)", "class": isFine ? "fine" : "coarse"]
    ) { html in
      base(into: &html)
      for mark in axis.marks { draw(mark, into: &html) }
      emphasis(into: &html)
    }
  }

  private var words: String {
    let totals = hypertable.totals
    let states = RecordedTask.State.allCases.filter { totals[$0] > 0 }
      .map { "\(Quantity.grouped(totals[$0])) \($0.word)" }
    let lines =
      axis.period == nil
      ? "."
      : "; each of the \(axis.lines.count) lines is one stretch of time, without those that have no chunk."
    return
      "\(Quantity.grouped(totals.tasks, "task")): \(states.joined(separator: ", ")). Time goes from left to right\(lines)"
  }

  private func base(into html: inout HTML) {
    var path = SVGPath()
    for line in axis.lines.indices {
      path.rectangle(x: 0, y: Double(line * pitch), width: 1000, height: Double(lineHeight))
    }
    html.path(class: "base", path)
  }

  private func draw(_ mark: TimeAxis.Mark, into html: inout HTML) {
    let task = hypertable.tasks[mark.task]
    let state = task.facts.state
    html.path(
      class: state == .verified ? nil : state.cssClass, path(mark, atLeast: 0.3), title: TaskTitle.text(task))
  }

  private func path(_ mark: TimeAxis.Mark, atLeast width: Double) -> SVGPath {
    var path = SVGPath()
    for piece in mark.pieces {
      let whole = 1000 * (piece.upper - piece.lower)
      let wanted = max(width, whole - min(1.2, whole / 6))
      let x = min(1000 * piece.lower, 1000 - wanted)
      path.rectangle(
        x: x, y: Double(piece.line * pitch + mark.lane * laneHeight), width: wanted,
        height: Double(laneHeight - (axis.lanes > 1 ? 1 : 0)))
    }
    return path
  }

  /// Once more, and wide enough to be found among hundreds: what failed or differs.
  private func emphasis(into html: inout HTML) {
    for mark in axis.marks {
      let state = hypertable.tasks[mark.task].facts.state
      guard state == .failed || state == .differing else { continue }
      let widest = mark.pieces.max { $0.upper - $0.lower < $1.upper - $1.lower }
      guard let widest, 1000 * (widest.upper - widest.lower) < 6 else { continue }
      var only = mark
      only.pieces = [widest]
      html.path(class: state == .failed ? "f mark" : "d mark", path(only, atLeast: 6))
    }
  }

  /// A label that would leave the picture on the right ends at its tick, unless there is no room for it.
  static func draw(_ ticks: [TimeAxis.Tick], into html: inout HTML) {
    html.element("div", ["class": "ticks", "aria-hidden": "true"]) { html in
      var taken = 0.0
      for tick in ticks {
        let width = characterWidth * Double(tick.label.count)
        let isEnd = tick.place > 1 - width
        guard (isEnd ? tick.place - width : tick.place) >= taken else { continue }
        taken = tick.place + width
        html.element(
          "span",
          ["style": "left:\(SVGPath.number(100 * tick.place))%", "class": isEnd ? "end" : "in"], tick.label)
      }
    }
  }

  /// Of a label, as a part of the picture's usual width.
  private static let characterWidth = 0.0072
}

extension RecordedTask.State {
  var cssClass: StaticString {
    switch self {
    case .pending: "p"
    case .copied: "c"
    case .verified: "v"
    case .failed: "f"
    case .differing: "d"
    }
  }

  /// As the legend has it.
  var word: String {
    switch self {
    case .pending: "not copied"
    case .copied: "copied, not verified"
    case .verified: "verified"
    case .failed: "failed"
    case .differing: "differing"
    }
  }
}
