import BackfillCommands
import Postgres

extension PostgresError {
  /// `target: counting rows: permission denied for table t (SQLSTATE 42501)`
  var text: String {
    var text = "\(side.rawValue): \(operation): \(reason.text)"
    if let sqlState { text += " (SQLSTATE \(sqlState))" }
    if let detail { text += "; \(detail)" }
    if let hint { text += "; hint: \(hint)" }
    return text
  }
}

extension PostgresError.Reason {
  var text: String {
    switch self {
    case .said(let text), .fault(let text): text
    case .stopped: "stopped before it finished"
    case .suspended: "the program is about to be suspended"
    case .lost: "the connection was lost"
    case .silent: "the server has stopped answering"
    case .noAnswer(let address, let seconds):
      "no answer from \(address?.description ?? "the server")"
        + (seconds.map { " within \($0) seconds" } ?? "")
    case .passwordInValue(let keyword):
      "the value of \(keyword) seems to contain a part of the password, so it is not shown"
    case .outOfMemory: "out of memory"
    case .objection(let objection): (objection as? any WordedObjection)?.text ?? "\(objection)"
    }
  }
}

/// An objection in words. Every type of them has to be one.
protocol WordedObjection: SessionObjection {
  var text: String { get }
  var advice: String? { get }
}

extension DatabaseObjection: WordedObjection {
  var text: String {
    switch self {
    case .isAnother(let differences):
      "this is not the database that the run began with: \(differences.map(\.text).joined(separator: "; "))"
    case .isStandby: "this server is a standby, which takes no writes"
    case .lags(let needed):
      "this standby has not replayed all that was there at staging, which ended at \(needed)"
    case .wentBack(let position, let needed):
      "this server is at \(position), behind \(needed), which it had reached at staging"
    }
  }

  var advice: String? {
    switch self {
    case .isAnother, .isStandby, .lags: nil
    case .wentBack:
      "it was restored from a backup, or promoted without the last transactions: connect to the right server, or "
        + "run clean and stage again"
    }
  }
}

extension RowsMissing: WordedObjection {
  var text: String { "the source sent \(sent) rows, and the target took \(taken)" }
  var advice: String? { nil }
}
