import BackfillCommands

extension ReportFinding {
  var words: Words {
    switch self {
    case .notWritten("-", let reason): Words("the report can't be written to standard output: \(reason)")
    case .notWritten(let path, let reason):
      Words(
        "the report can't be written to \(SafeText.line(path)): \(SafeText.line(reason))",
        hint: "name a file in a directory that you may write to, or - for standard output")
    case .isDirectory(let path):
      Words("\(SafeText.line(path)) is a directory", hint: "name the file as well")
    case .isNoFile(let path):
      Words(
        "\(SafeText.line(path)) is not a regular file, so the report can't replace it",
        hint: "use --output - for standard output")
    }
  }
}
