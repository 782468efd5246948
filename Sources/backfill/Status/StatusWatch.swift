import BackfillCommands
import Glibc
import Postgres
import Synchronization
import Waiting

/// `status --watch`: what is seen, drawn over again on a terminal, block after block elsewhere. It does no work that could
/// be left undone, so Ctrl-C is how one leaves it, and the exit code is the last state's.
struct StatusWatch: Sendable {
  let console: Console
  let isLive: Bool
  let pause: Duration

  func run(_ status: Status, silenceLimit: SilenceLimit) -> ExitCode {
    let interrupt = Interrupt(silenceLimit: silenceLimit)
    SignalListener().listen(interrupt, console) { _ in nil }
    console.startWriting()
    if !isLive { console.say([Version.line]) }
    let watched = Watched(pause)
    let sight = Blocking.result { () async throws(CommandFailure) in
      try await status.watch(every: pause, interrupt: interrupt) { sighting in
        show(watched.take(sighting), watched)
      }
    }
    return end(sight, watched.status, stage: interrupt.stage)
  }

  private final class Watched: Sendable {
    private let state: Mutex<WatchedStatus>
    private let size = Mutex<(columns: Int, rows: Int)?>(nil)

    init(_ pause: Duration) { state = Mutex(WatchedStatus(pause: pause)) }

    var status: WatchedStatus { state.withLock { $0 } }

    /// Whether the window had another size when it was last drawn in.
    func isResized(_ now: (columns: Int, rows: Int)) -> Bool {
      size.withLock { size in
        defer { size = now }
        return size.map { $0 != now } ?? false
      }
    }

    func take(_ sighting: Status.Sighting) -> WatchedStatus {
      state.withLock { status in
        status.take(sighting)
        return status
      }
    }
  }

  private func show(_ status: WatchedStatus, _ watched: Watched) {
    guard isLive else {
      console.say(status.lines() + [""])
      return
    }
    let size = TerminalFacts.size(of: STDOUT_FILENO)
    // A window that was resized has broken lines, and begins anew.
    let clearing = watched.isResized(size) ? [ConsoleEntry.output("\u{1B}[H\u{1B}[2J")] : []
    console.redraw(
      clearing,
      live: status.screen(columns: size.columns, rows: size.rows, style: console.outputStyle))
  }

  /// On a terminal the last sight stays, whole.
  private func end(
    _ sight: Result<Status.Sighting, CommandFailure>, _ watched: WatchedStatus, stage: Interrupt.Stage
  ) -> ExitCode {
    let code: ExitCode
    switch sight {
    case .success(.status(let result)): code = result.verdict.exitCode
    case .success(.lost): code = .failed
    case .failure(let failure):
      code = Outcome.failed(failure).exitCode(stage: stage)
      for message in failure.messages { console.complain(message) }
    }
    if isLive, case .success = sight {
      console.redraw(([Version.line] + watched.lines()).map(ConsoleEntry.output), live: [])
    }
    if !console.finish() { console.tellUnread() }
    return code
  }
}

/// What there is to show: the last sight, and that it is old where the server is away.
struct WatchedStatus: Sendable {
  let pause: Duration
  private var result: StatusResult?
  private var loss: (failure: CommandFailure, since: ContinuousClock.Instant)?

  init(pause: Duration) { self.pause = pause }

  mutating func take(_ sighting: Status.Sighting) {
    switch sighting {
    case .status(let seen):
      result = seen
      loss = nil
    case .lost(let failure, let since): loss = (failure, since)
    }
  }

  func lines(columns: Int? = nil) -> [String] {
    var lines: [String] = []
    if let loss {
      let away = Quantity.roughTime(loss.since.duration(to: .now))
      lines.append(
        "The target has not answered for \(away): \(SafeText.line(loss.failure.messages.map(\.text).joined(separator: "; "))); asking again every "
          + Quantity.time(pause))
      lines.append("Before that:")
    }
    if let result {
      if loss == nil { lines += result.notes.map { SafeText.line("warning: \($0.words.text)") } }
      lines = (loss == nil ? [ConnectionLine.line(result.database)] : []) + lines
      lines += StatusText(result).lines()
    }
    return columns.map { columns in lines.flatMap { StatusText.wrapped($0, columns: columns) } } ?? lines
  }

  /// As many lines as a window takes, none wider than it.
  func screen(columns: Int, rows: Int, style: Style) -> [String] {
    // The last column stays free, and the last row for what is typed.
    let all = lines(columns: max(1, columns - 1)).map { LiveRegion.fitted($0, columns: columns) }
    let room = max(1, rows - 1)
    guard all.count > room else { return all.map { paint($0, style) } }
    let more = LiveRegion.fitted(
      "... and \(all.count - room + 1) more lines; make the window higher to see them", columns: columns)
    return all.prefix(room - 1).map { paint($0, style) } + [more]
  }

  /// Colours the line by which the state is known.
  private func paint(_ line: String, _ style: Style) -> String {
    guard let verdict = result?.verdict else { return line }
    let head = StatusText.headline(verdict)
    guard line.hasPrefix(head) else { return line }
    let coloured =
      switch verdict {
      case .done: style.green(head)
      case .failed, .differs: style.red(head)
      case .running: head
      case .waiting: style.yellow(head)
      }
    return coloured + line.dropFirst(head.count)
  }
}
