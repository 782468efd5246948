public import Postgres

/// What is found of continuous aggregates that are to be refreshed.
public enum RefreshFinding: Sendable {
  /// Chunks that they have to be computed from aren't copied yet. `isForced`: they are refreshed all the same.
  case uncopied(views: [QualifiedName], chunks: [QualifiedName], isForced: Bool)
  /// Buckets that stay as they are, as the rows that they were computed from aren't on the target.
  case bucketsKept(view: QualifiedName, from: String, to: String)
  /// Buckets of the source that the target has no rows for.
  case bucketsLacking(view: QualifiedName, from: String, to: String, CopiedBuckets)
  case noCounterpart(view: QualifiedName)
  case unsupportedTime(view: QualifiedName)
  /// The source's buckets before this time aren't in the file, so that they can't be compared.
  case bucketsUnlisted(view: QualifiedName, before: String)
  /// A file of watermarks that can't be opened or read, as the system says.
  case fileNotRead(path: String, reason: String)
  /// Its text can't be used.
  case unreadableFile(path: String, FileDefect)
  /// One that isn't where it was to go.
  case fileNotWritten(ReportFinding)
  /// The server refused to refresh it.
  case refused(view: QualifiedName, PostgresError)
}

/// What the target has of an aggregate's buckets that were staged.
public enum CopiedBuckets: Sendable, Equatable {
  /// None were staged.
  case none
  /// They come by copying, or have.
  case staged
  /// They went with the aggregate, which was dropped and made again since.
  case dropped
}

/// What is wrong with the text of a file of watermarks.
public enum FileDefect: Sendable, Equatable {
  /// It is no file of watermarks.
  case foreign
  /// Another version of this program has written it, in a format that this one doesn't know.
  case otherFormat(String)
  /// Something in it isn't as it was written.
  case damaged
}

extension RefreshFinding: FindingFacts {
  var code: String {
    switch self {
    case .uncopied: "refresh-before-copy"
    case .bucketsKept: "buckets-kept"
    case .bucketsLacking: "buckets-lacking"
    case .noCounterpart: "no-such-aggregate"
    case .unsupportedTime: "unsupported-time-type"
    case .bucketsUnlisted: "buckets-unlisted"
    case .fileNotRead: "file-not-read"
    case .unreadableFile(_, .foreign): "no-watermarks-file"
    case .unreadableFile(_, .otherFormat): "other-file-format"
    case .unreadableFile(_, .damaged): "damaged-file"
    case .fileNotWritten: "file-not-written"
    case .refused: "refresh-refused"
    }
  }

  var error: PostgresError? {
    if case .refused(_, let error) = self { error } else { nil }
  }

  var side: Side? {
    switch self {
    case .fileNotRead, .unreadableFile, .fileNotWritten: nil
    default: error?.side ?? .target
    }
  }

  var object: String? {
    switch self {
    case .uncopied(let views, _, _): views.count == 1 ? views[0].description : nil
    case .bucketsKept(let view, _, _), .bucketsLacking(let view, _, _, _), .noCounterpart(let view),
      .unsupportedTime(let view), .bucketsUnlisted(let view, _), .refused(let view, _):
      view.description
    case .fileNotRead(let path, _), .unreadableFile(let path, _): path
    case .fileNotWritten(let finding): finding.object
    }
  }
}
