public import Postgres

/// What is found of continuous aggregates that are to be refreshed.
public enum RefreshFinding: Sendable {
  /// Chunks that they have to be computed from aren't copied yet. `isForced`: they are refreshed all the same.
  case uncopied(views: [QualifiedName], chunks: [QualifiedName], isForced: Bool)
  /// Buckets that stay as they are, as the rows that they were computed from aren't on the target.
  case bucketsKept(view: QualifiedName, from: String, to: String)
  /// Buckets of the source that the target has no rows for. `isStaged`: the queue says that the target should have them.
  case bucketsLacking(view: QualifiedName, from: String, to: String, isStaged: Bool)
  case noCounterpart(view: QualifiedName)
  case unsupportedTime(view: QualifiedName)
  /// The server refused to refresh it.
  case refused(view: QualifiedName, PostgresError)
}

extension RefreshFinding: FindingFacts {
  var code: String {
    switch self {
    case .uncopied: "refresh-before-copy"
    case .bucketsKept: "buckets-kept"
    case .bucketsLacking: "buckets-lacking"
    case .noCounterpart: "no-such-aggregate"
    case .unsupportedTime: "unsupported-time-type"
    case .refused: "refresh-refused"
    }
  }

  var error: PostgresError? {
    if case .refused(_, let error) = self { error } else { nil }
  }

  var side: Side? { error?.side ?? .target }

  var object: String? {
    switch self {
    case .uncopied(let views, _, _): views.count == 1 ? views[0].description : nil
    case .bucketsKept(let view, _, _), .bucketsLacking(let view, _, _, _), .noCounterpart(let view),
      .unsupportedTime(let view), .refused(let view, _):
      view.description
    }
  }
}
