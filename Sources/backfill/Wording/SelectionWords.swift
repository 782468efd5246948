import BackfillCommands
import Postgres

extension SelectionFinding {
  var words: Words {
    switch self {
    case .invalidExpression(let option, let expression, let reason):
      Words(
        "--\(option.rawValue): \"\(SafeText.line(expression))\" is not a valid regular expression: \(reason)",
        hint: "the syntax is PostgreSQL's; the shell may have removed a backslash or quotes")
    case .noHypertables: Words("the source has no hypertables", hint: "check the source's database name")
    case .nothingMatches:
      Words(
        "--filter matches no hypertable or continuous aggregate of the source",
        hint: "it is matched against schema.table and schema.view")
    case .noAggregateMatches:
      Words(
        "--filter matches no continuous aggregate of the source",
        hint: "give --cascade-up to include the continuous aggregates on the hypertables that it matches")
    case .nothingExcluded:
      Words(
        "--exclude matches nothing of what is selected",
        hint: "it is matched against schema.table and schema.view, as --filter is")
    case .everythingExcluded:
      Words("--exclude matches everything that is selected, so that nothing is left to stage")
    }
  }
}

extension TimeFinding {
  var words: Words {
    switch self {
    case .unreadable(let option, let text):
      Words(
        "\(option.long): \"\(SafeText.line(text))\" is neither a time nor an integer",
        hint: "write it as \(Self.example)")
    case .relative(let option, let word):
      Words(
        "\(option.long): \"\(word)\" means a different time in each run",
        hint: "write the time itself, such as \(Self.example)")
    case .infinite(let option, let text):
      Words(
        "\(option.long): \"\(SafeText.line(text))\" is not a point in time",
        hint: "write the time itself, such as \(Self.example)")
    case .reversed(let same):
      Words("--from is not before --until", hint: same.map { "both are \($0.shown)" })
    case .incomparable(let from, let until, let times):
      Words(
        "\(Self.window(from, until)) cannot be compared with the time of "
          + Words.list(times.map(\.shown), limit: times.count),
        hint: "use --filter to stage hypertables of different time types one after the other")
    case .leftOut(let from, let until, let times):
      Words(
        "left out, as \(Self.window(from, until)) cannot be compared with their time: "
          + Words.list(times.map(\.shown), limit: times.count),
        hint: times.compactMap(\.command).first.map { "stage them too: \($0)" })
    case .unknownRelations(let relations):
      Words(
        "--until has a time for \(Words.list(relations.map(SafeText.line))), which is not among what is selected",
        hint: "write schema.table=TIME or schema.view=TIME, with the names as they are")
    case .future(let until):
      Words(
        "--until \(SafeText.line(until)) is in the future: rows that are written to the source from now on may be left "
          + "out, and rows that the target has received for that time are replaced",
        hint: "give a time after which all rows are written to both databases")
    case .read(let option, let text, let reading):
      Words("\(option.long) \(SafeText.line(text)) is \(reading.shown)")
    case .emptyWindow(_, _, let chunks) where chunks.isEmpty:
      Words("nothing to stage: the selected hypertables have no chunks on the source")
    case .emptyWindow(let from, let until, let chunks):
      Words(
        "nothing to stage: no chunk has rows for \(Self.window(from, until)); "
          + Words.list(chunks.map(\.shown), separator: "; ") + (chunks.count > 5 ? " hypertables" : ""))
    }
  }

  private static let example = "2024-01-31T12:00:00Z, 2024-01-31 or 1700000000"

  private static func window(_ from: String?, _ until: String) -> String {
    (from.map { "--from \(SafeText.line($0)) and " } ?? "") + "--until \(SafeText.line(until))"
  }
}

extension WindowOption {
  fileprivate var long: String { "--\(rawValue)" }
}

extension TimeReading {
  fileprivate var shown: String { "read as \(text) for time dimensions of type \(type)" }
}

extension IncomparableTime {
  fileprivate var shown: String {
    switch time {
    case .none: "\(hypertable.shown) (which has no time dimension)"
    case .column(let column, let type):
      "\(hypertable.shown) (time dimension: \(column.shown) of type \(type))"
    case .type(let type): "\(hypertable.shown) (time dimension of type \(type))"
    }
  }
}

extension IncomparableTime {
  /// What stages it; nil where its time can't be compared with anything.
  fileprivate var command: String? {
    guard case .type(let type) = time else { return nil }
    let name = "\(hypertable.schema.name).\(hypertable.name.name)"
    var expression = ""
    for scalar in name.unicodeScalars {
      if "\\^$.[]|()?*+{}".unicodeScalars.contains(scalar) { expression += "\\" }
      expression.unicodeScalars.append(scalar)
    }
    let quoted = "^\(expression)$".split(separator: "'", omittingEmptySubsequences: false).joined(
      separator: "'\\''")
    let value = ["bigint", "integer", "smallint"].contains(type) ? "NUMBER" : "TIME"
    return SafeText.line("\(Version.program) stage --until \(value) --filter '\(quoted)'")
  }
}

extension ChunkExtent {
  fileprivate var shown: String { "\(hypertable.shown) has chunks from \(from.shown) to \(to.shown)" }
}
