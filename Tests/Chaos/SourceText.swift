import TestServers

/// How the source's database sorts and writes text, beside the target's C.UTF-8 and UTF8. Metadata of batches means
/// something else on the target where that differs.
enum SourceText: String, Sendable, CaseIterable {
  case same
  case otherCollation = "source of another collation"
  case otherEncoding = "source of another encoding"

  func options(on server: TestServer) -> DatabaseOptions {
    switch self {
    case .same: DatabaseOptions()
    // C sorts as C.UTF-8 does, which the program need not know.
    case .otherCollation:
      server.supportsICU && server.pgMajor >= 15
        ? DatabaseOptions(icuLocale: "en") : DatabaseOptions(locale: "C")
    case .otherEncoding: DatabaseOptions(encoding: "LATIN1", locale: "C")
    }
  }

  /// Hypertables whose batches can't move as they are.
  var compressedAnew: [String] {
    switch self {
    case .same: []
    case .otherCollation: ["named"]
    case .otherEncoding: ["named", "packed"]
    }
  }

  /// What copying says of a chunk whose batches meant something else, as a LIKE pattern; nil where it has nothing to say.
  fileprivate var remark: String? {
    switch self {
    case .same: nil
    case .otherCollation: "%the databases sort %"
    case .otherEncoding: "%bloom filters of the source would mislead%"
    }
  }
}

extension Round {
  /// Counts another collation or encoding if a chunk felt it: its batches didn't move as they were. Without compression
  /// there are only rows, which the judge compares: they have letters that encodings write in different bytes.
  func countText() throws {
    guard let remark = schedule.text.remark else { return }
    let felt =
      stand.server.isCommunity
      ? try target.value(
        "SELECT count(*) > 0 FROM __backfill.task WHERE hypertable_name = 'named' AND copy_message LIKE '\(remark)'"
      ) == "t" : schedule.text == .otherEncoding
    if felt {
      report.count(schedule.text.rawValue)
    } else {
      report.missed.append("\(schedule.text.rawValue): no chunk felt it")
    }
  }
}
