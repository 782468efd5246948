import BackfillCommands
import Postgres

extension CheckResult {
  /// Its members of the document, as `help json` describes them.
  var members: [JSON.Member] {
    [
      JSON.Member("run_seconds", .seconds(duration)),
      JSON.Member("stops", .integer(findings(.stop).count)),
      JSON.Member("findings", .array(findings.map(\.json))),
    ]
  }
}

extension CheckedFinding {
  fileprivate var json: JSON {
    let words = finding.words
    return .object([
      "level": .text(level.rawValue), "code": .text(finding.code), "side": .text(finding.side?.rawValue),
      "object": .text(finding.object), "message": .text(words.text), "hint": .text(words.hint),
      "mend": .text(words.mend),
    ])
  }
}
