import Glibc
import Waiting

/// Questions to a person at a terminal.
struct Dialog: Sendable {
  private let console: Console

  /// nil where there is nobody to ask: standard input has to be a terminal, and the question to be seen on one.
  init?(_ console: Console) {
    guard isatty(STDIN_FILENO) == 1, isatty(STDOUT_FILENO) == 1 else { return nil }
    self.console = console
  }

  /// - Parameter byDefault: what Enter means.
  /// - Returns: whether the answer is yes; false also where there is none.
  func confirm(_ question: String, byDefault: Bool, _ interrupt: Interrupt) -> Bool {
    let answer = ask("\(question) [\(byDefault ? "Y/n" : "y/N")] ", interrupt)?.lowercased()
    return answer == "y" || answer == "yes" || (answer == "" && byDefault)
  }

  /// - Returns: the answer without blanks around it; nil where there is none: the run is stopped, or the terminal is gone.
  func ask(_ prompt: String, _ interrupt: Interrupt) -> String? {
    // All that was told before stands above the question.
    console.finish()
    // What was typed before the question was there is no answer to it.
    tcflush(STDIN_FILENO, TCIFLUSH)
    let screen = DescriptorSink(STDOUT_FILENO)
    screen.write(prompt)
    let answer = line(interrupt)
    if answer == nil { screen.write("\n") }
    console.log?.say([prompt + SafeText.line(answer ?? "(no answer)")])
    return answer
  }

  /// A signal may come between two looks at the interrupt, so no look at the terminal is long.
  private func line(_ interrupt: Interrupt) -> String? {
    var bytes: [UInt8] = []
    while interrupt.stage == .running {
      var request = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
      guard poll(&request, 1, 100) > 0 else { continue }
      var byte: UInt8 = 0
      let count = read(STDIN_FILENO, &byte, 1)
      if count < 0, errno == EINTR || errno == EAGAIN { continue }
      guard count == 1 else { return nil }
      if byte == UInt8(ascii: "\n") { return String(decoding: bytes, as: UTF8.self).trimmed }
      bytes.append(byte)
    }
    return nil
  }
}

extension String {
  fileprivate var trimmed: String {
    var scalars = unicodeScalars[...]
    while let last = scalars.last, last.properties.isWhitespace { scalars.removeLast() }
    while let first = scalars.first, first.properties.isWhitespace { scalars.removeFirst() }
    return String(scalars)
  }
}
