import Synchronization

/// Sees to it that a run has one document and no more, whoever comes to its end first: the command, or a signal that leaves
/// it alone.
final class Answer: Sendable {
  private let given = Mutex<ExitCode?>(nil)
  private let console: Console
  private let lines: JSONLineReporter?

  init(_ console: Console, _ lines: JSONLineReporter? = nil) {
    self.console = console
    self.lines = lines
  }

  /// - Returns: the exit code to leave with: that of the document that was given.
  @discardableResult
  func give(_ document: Document) -> ExitCode {
    given.withLock { given in
      if let given { return given }
      given = document.exit
      lines?.end(document)
      console.say(document: document)
      return document.exit
    }
  }
}
