import Postgres
import Synchronization
import Waiting

/// Standard output and standard error as one thing: they may be the same terminal, and a warning must not
/// land in the middle of the live lines. Any thread may tell something, and none of them waits for whoever reads it
/// (a pager, a log shipper that is stuck): a thread of its own writes.
final class Console: Sendable {
  struct State {
    var outbox = Outbox()
    var hasThread = false
    /// Something was taken from the outbox and isn't written yet.
    var isWriting = false
    /// Grows with every piece that was taken by the reader.
    var pieces = 0

    var isDone: Bool { outbox.isEmpty && !isWriting }
  }

  /// How long a reader may take nothing before the program leaves without it.
  static let patience = Duration.seconds(30)

  let state = Monitor(State())
  /// Held by whoever writes.
  let region = Mutex(LiveRegion())
  let output: any TextSink
  let errors: any TextSink
  let outputStyle: Style
  let errorStyle: Style
  private let errorForm: ErrorForm

  /// What standard error consists of.
  enum ErrorForm {
    case text
    /// Lines of JSON. Messages about events are left to the `JSONLineReporter`, which tells all events.
    case lines
  }

  init(
    output: any TextSink, errors: any TextSink, outputStyle: Style = Style(isColoured: false),
    errorStyle: Style = Style(isColoured: false), errorForm: ErrorForm = .text
  ) {
    self.errorForm = errorForm
    self.output = output
    self.errors = errors
    self.outputStyle = outputStyle
    self.errorStyle = errorStyle
  }

  /// From now on a thread of its own writes. Before, or where the system has no thread to give, whoever tells something
  /// writes it.
  func startWriting() {
    state.change { $0.hasThread = true }
    let hasStarted = DedicatedThread.start { [self] in
      while true {
        state.wait { !$0.outbox.isEmpty }
        drain()
      }
    }
    if !hasStarted { state.change { $0.hasThread = false } }
  }

  /// Lines for standard output that are never left out.
  func say(_ lines: [String]) {
    tell { outbox in for line in lines { outbox.add(line: line) } }
  }

  /// A document for standard output, which is then all that goes there.
  func say(document: Document) {
    say(document.json.document.split(separator: "\n").map(String.init))
  }

  /// A message for standard error.
  func complain(_ message: Message) {
    switch errorForm {
    case .text: tell { $0.add(message) }
    case .lines: say(JSONLine(message))
    }
  }

  /// A line for standard error.
  func say(_ line: JSONLine) {
    let text = line.text()
    tell { $0.add(line: text, on: .errors, isMinor: line.isMinor) }
  }

  /// Something of either kind.
  func tell(_ entry: ConsoleEntry) {
    if case .message = entry, errorForm == .lines { return }
    tell { $0.add(entry) }
  }

  /// New live lines, with lines and messages that scroll away above them.
  func redraw(_ entries: [ConsoleEntry], live: [String]) {
    tell { outbox in
      for entry in entries { outbox.add(entry) }
      outbox.show(live: live)
    }
  }

  /// Waits until all is written, without the live lines, for as long as somebody reads.
  ///
  /// - Returns: false if the reader took nothing for the time given; what is left stays unwritten.
  @discardableResult
  func finish(patience: Duration = Console.patience) -> Bool {
    tell { $0.show(live: []) }
    var seen = -1
    while true {
      let moved = state.wait(atMost: patience) { $0.isDone || $0.pieces != seen }
      let (isDone, pieces) = state.change { ($0.isDone, $0.pieces) }
      if isDone { return true }
      guard moved else { return false }
      seen = pieces
    }
  }

  /// Says on the other stream, if that is read, that one isn't.
  func tellUnread() {
    complain(
      Message(
        .warning,
        "nobody has read the output for \(Quantity.roughTime(Self.patience)); its last lines were not written",
        code: "output-unread"))
    finish(patience: .seconds(1))
  }

  private func tell(_ body: (inout Outbox) -> Void) {
    let hasThread = state.change { state in
      body(&state.outbox)
      return state.hasThread
    }
    if !hasThread { drain() }
  }
}
