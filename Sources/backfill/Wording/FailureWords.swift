import BackfillCommands

extension CommandFailure {
  /// One, but for a refusal for several reasons.
  var messages: [Message] {
    switch self {
    case .usage(let finding), .failed(let finding): [Message(.error, finding)]
    case .refused(let findings): findings.map { Message(.error, $0) }
    case .stopped(let point):
      [Message(.error, point.text, hint: "run the same command again to continue", code: point.rawValue)]
    }
  }
}

extension StopPoint {
  fileprivate var text: String {
    switch self {
    case .working: "stopped before the work was done"
    case .beforeStaging: "stopped before anything was staged; the chunks created so far stay, empty"
    case .beforeCleaning: "stopped before the queue was removed"
    }
  }
}
