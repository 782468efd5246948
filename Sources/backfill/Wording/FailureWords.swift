import BackfillCommands

extension CommandFailure {
  var message: Message {
    switch self {
    case .usage(let finding), .failed(let finding): Message(.error, finding)
    case .stopped(let point):
      Message(.error, point.text, hint: "run the same command again to continue", code: point.rawValue)
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
