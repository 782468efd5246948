/// Why a report isn't where it was to go.
public enum ReportFinding: Error, Sendable, Equatable {
  /// The system said why. `path` is "-" for standard output.
  case notWritten(path: String, reason: String)
  case isDirectory(path: String)
  /// It is a device or a pipe, which a file must not replace.
  case isNoFile(path: String)

  public var path: String {
    switch self {
    case .notWritten(let path, _), .isDirectory(let path), .isNoFile(let path): path
    }
  }
}

extension ReportFinding: FindingFacts {
  var code: String {
    switch self {
    case .notWritten: "report-not-written"
    case .isDirectory: "report-is-directory"
    case .isNoFile: "report-is-no-file"
    }
  }

  var object: String? { path }
}
