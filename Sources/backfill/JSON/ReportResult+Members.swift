import BackfillCommands
import JSONValues

extension ReportResult {
  /// Its members of the document, as `help json` describes them.
  var members: [JSON.Member] {
    [
      JSON.Member("output", .text(file.path)), JSON.Member("bytes", .integer(bytes)),
      JSON.Member("tasks", .object(["all": .integer(tasks)])),
      JSON.Member("verdict", .text(verdict.rawValue)),
    ]
  }
}
