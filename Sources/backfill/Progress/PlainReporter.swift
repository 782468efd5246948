import BackfillCommands

/// One line per event that matters, as it happens: for pipes, files and terminals that can't redraw.
struct PlainReporter: Reporter {
  let console: Console
  /// `Copying` or `Verifying`, for commands that work through chunks.
  let activity: String?

  func report(_ event: Event) {
    if let entry = ConsoleEntry(event, activity: activity, style: console.outputStyle) { console.tell(entry) }
  }
}
