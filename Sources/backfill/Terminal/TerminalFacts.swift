import Glibc

/// What is known of the terminal behind a descriptor.
enum TerminalFacts {
  /// Whether lines on it may be redrawn and coloured.
  static func isLive(_ descriptor: Int32, environment: [String: String]) -> Bool {
    allowsLive(isTerminal: isatty(descriptor) == 1, environment: environment)
  }

  /// NO_COLOR (https://no-color.org) and a terminal that can't do it switch off both.
  static func allowsLive(isTerminal: Bool, environment: [String: String]) -> Bool {
    let terminal = environment["TERM"] ?? ""
    return isTerminal && (environment["NO_COLOR"] ?? "").isEmpty && !terminal.isEmpty && terminal != "dumb"
  }

  /// Asked for at every redraw, as a window changes its size. 80 by 24 if nobody knows.
  static func size(of descriptor: Int32) -> (columns: Int, rows: Int) {
    var window = winsize()
    guard ioctl(descriptor, UInt(TIOCGWINSZ), &window) == 0, window.ws_col > 0, window.ws_row > 0 else {
      return (80, 24)
    }
    return (Int(window.ws_col), Int(window.ws_row))
  }
}
