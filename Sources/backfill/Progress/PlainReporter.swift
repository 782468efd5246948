import BackfillCommands

/// One line per event that matters, as it happens: for pipes, files and terminals that can't redraw.
struct PlainReporter: Reporter {
  let console: Console
  /// `Copying` or `Verifying`, for commands that work through chunks.
  let activity: String?

  func report(_ event: Event) {
    switch Feed(event, activity: activity, style: console.outputStyle) {
    case .output(let line)?: console.say([line])
    case .message(let message)?: console.complain(message)
    case nil: break
    }
  }
}
