import Foundation

/// Writes the few shapes that a bar chart takes.
struct SVG {
  private var shapes: [String] = []

  mutating func text(
    _ text: String, x: Double, y: Double, size: Int, weight: String = "normal", anchor: String = "start"
  ) {
    shapes.append(
      """
      <text x="\(number(x))" y="\(number(y))" font-size="\(size)" font-weight="\(weight)" \
      text-anchor="\(anchor)">\(escaped(text))</text>
      """)
  }

  mutating func rectangle(x: Double, y: Double, width: Double, height: Double, _ colour: String) {
    shapes.append(
      """
      <rect x="\(number(x))" y="\(number(y))" width="\(number(width))" height="\(number(height))" \
      fill="\(colour)"/>
      """)
  }

  /// A level line.
  mutating func line(x: Double, y: Double, to end: Double) {
    shapes.append(
      """
      <line x1="\(number(x))" y1="\(number(y))" x2="\(number(end))" y2="\(number(y))" stroke="#222" \
      stroke-width="1.5"/>
      """)
  }

  /// On white, so that it can be read on a dark page too.
  func document(width: Double, height: Double) -> String {
    """
    <svg xmlns="http://www.w3.org/2000/svg" width="\(number(width))" height="\(number(height))" \
    viewBox="0 0 \(number(width)) \(number(height))" font-family="sans-serif" fill="#222">
    <rect width="100%" height="100%" fill="#fff"/>
    \(shapes.joined(separator: "\n"))
    </svg>

    """
  }

  private func number(_ value: Double) -> String { String(format: "%.1f", value) }

  private func escaped(_ text: String) -> String {
    text.replacingOccurrences(of: "&", with: "&amp;").replacingOccurrences(of: "<", with: "&lt;")
      .replacingOccurrences(of: ">", with: "&gt;")
  }
}
