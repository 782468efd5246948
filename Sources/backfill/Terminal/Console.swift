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
  /// How wide the terminal is now; nil where nothing is live.
  let columns: (@Sendable () -> Int)?
  /// The time as it stands in front of each line; nil where there is to be none.
  private let clock: (@Sendable () -> Timestamp)?
  /// Where what is said is written too.
  let log: Console?

  /// What standard error consists of.
  enum ErrorForm {
    case text
    /// Lines of JSON. Messages about events are left to the `JSONLineReporter`, which tells all events.
    case lines
  }

  /// - Parameters:
  ///   - columns: tells how wide the terminal is now.
  ///   - clock: gives the time that is put in front of each line.
  ///   - log: gets what is said and complained of as well; of events it is told by a reporter of its own.
  init(
    output: any TextSink, errors: any TextSink, outputStyle: Style = Style(isColoured: false),
    errorStyle: Style = Style(isColoured: false), errorForm: ErrorForm = .text,
    columns: (@Sendable () -> Int)? = nil, clock: (@Sendable () -> Timestamp)? = nil, log: Console? = nil
  ) {
    self.errorForm = errorForm
    self.columns = columns
    self.clock = clock
    self.log = log
    self.output = output
    self.errors = errors
    self.outputStyle = outputStyle
    self.errorStyle = errorStyle
  }

  /// From now on a thread of its own writes. Before, or where the system has no thread to give, whoever tells something
  /// writes it.
  func startWriting() {
    log?.startWriting()
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
    log?.say(lines)
    redraw(lines.map(ConsoleEntry.output), live: nil)
  }

  /// A document for standard output, which is then all that goes there.
  func say(document: Document) {
    tell { outbox in
      for line in document.json.document.split(separator: "\n") { outbox.add(line: String(line)) }
    }
  }

  /// A message for standard error.
  func complain(_ message: Message) {
    log?.complain(message)
    switch errorForm {
    case .text: redraw([.message(message)], live: nil)
    case .lines: say(JSONLine(message))
    }
  }

  /// A line for standard error.
  func say(_ line: JSONLine) {
    let text = line.text()
    tell { $0.add(line: text, on: .errors, isMinor: line.isMinor) }
  }

  /// Something of either kind, which is nothing for the log.
  func tell(_ entries: [ConsoleEntry]) {
    redraw(
      entries.filter { entry in
        if case .message = entry { errorForm == .text } else { true }
      }, live: nil)
  }

  /// New live lines, with lines and messages that scroll away above them.
  ///
  /// - Parameter live: nil leaves the live lines as they are.
  func redraw(_ entries: [ConsoleEntry], live: [String]?) {
    guard !entries.isEmpty || live != nil else { return }
    let stamp = clock.map { Stamp.text($0()) }
    tell { outbox in
      for entry in entries { outbox.add(entry, stamp) }
      if let live { outbox.show(live: live) }
    }
  }

  /// Waits until all is written, without the live lines, for as long as somebody reads; the log first, for half as long.
  ///
  /// - Returns: false if the reader took nothing for the time given; what is left stays unwritten.
  @discardableResult
  func finish(patience: Duration = Console.patience) -> Bool {
    log?.finish(patience: patience / 2)
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
