extension StopSequence.Step {
  /// What a person is told.
  ///
  /// - Parameter hasChunks: the command works through chunks, and finishes those in progress when it drains.
  func message(hasChunks: Bool) -> Message {
    switch self {
    case .drain where hasChunks:
      Message(.stopping, "finishing chunks in progress; press Ctrl-C again to cancel them", code: "draining")
    case .drain:
      Message(.stopping, "finishing the step in progress; press Ctrl-C again to cancel it", code: "draining")
    case .cancel:
      Message(
        .stopping,
        "canceling; transactions in progress are rolled back; press Ctrl-C again to exit without waiting",
        code: "canceling")
    case .leave:
      Message(.stopping, "exiting now; the servers roll back transactions in progress", code: "leaving")
    }
  }
}

extension Message {
  /// The process is asked to be suspended while it keeps others out of tables.
  static let suspending = Message(
    .suspending,
    "rolling back chunks that lock others out of the target's tables; press Ctrl-Z again to suspend at once",
    code: "suspending")
}
