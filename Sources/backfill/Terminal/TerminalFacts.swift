import Glibc

/// What is known of the terminal behind a descriptor.
struct TerminalFacts: Equatable, Sendable {
  /// Whether lines may be redrawn and coloured.
  var isLive: Bool
  var columns: Int
  var rows: Int

  static let none = TerminalFacts(isLive: false, columns: 80, rows: 24)

  /// NO_COLOR (https://no-color.org) and a terminal that can't do it switch off both.
  static func allowsLive(isTerminal: Bool, environment: [String: String]) -> Bool {
    let terminal = environment["TERM"] ?? ""
    return isTerminal && (environment["NO_COLOR"] ?? "").isEmpty && !terminal.isEmpty && terminal != "dumb"
  }

  static func of(_ descriptor: Int32, environment: [String: String]) -> TerminalFacts {
    let live = allowsLive(isTerminal: isatty(descriptor) == 1, environment: environment)
    let size = size(of: descriptor)
    return TerminalFacts(isLive: live, columns: size.columns, rows: size.rows)
  }

  /// Asked for at every redraw: a window changes its size.
  static func size(of descriptor: Int32) -> (columns: Int, rows: Int) {
    var window = winsize()
    guard ioctl(descriptor, UInt(TIOCGWINSZ), &window) == 0, window.ws_col > 0, window.ws_row > 0 else {
      return (none.columns, none.rows)
    }
    return (Int(window.ws_col), Int(window.ws_row))
  }
}
