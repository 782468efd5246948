import BackfillCommands
import JSONValues
import Postgres

extension CheckResult {
  /// Its members of the document, as `help json` describes them.
  var members: [JSON.Member] {
    [
      JSON.Member("run_seconds", .seconds(duration)),
      JSON.Member("stops", .integer(findings(.stop).count)),
      JSON.Member("findings", .array(findings.map(\.json))),
      JSON.Member("measurement", measurement?.json ?? .null),
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

extension Measurement {
  fileprivate var json: JSON {
    .object([
      "source_round_trip_seconds": .seconds(sourceRoundTrip),
      "target_round_trip_seconds": .seconds(targetRoundTrip),
      "reading": .array(reading.map(\.json)), "writing": writing.map { .array($0.map(\.json)) } ?? .null,
      "bytes": .integer(bytes), "parallelism": .integer(best?.sessions), "copy_seconds": .seconds(duration),
    ])
  }
}

extension Measurement.Rate {
  fileprivate var json: JSON {
    .object(["sessions": .integer(sessions), "bytes_per_second": .number(bytesPerSecond)])
  }
}
