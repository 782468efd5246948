import BackfillCommands
import Postgres

extension Request {
  /// What reads or writes an archive; nil for anything else.
  func archiveCommand(_ environment: [String: String]) throws(UsageError) -> Command? {
    switch subcommand {
    case .exporting: .export(try export(environment))
    case .importing: .importArchive(ImportArchive(try archive(environment)))
    case .verify where values[.input] != nil: .verifyArchive(VerifyArchive(try archive(environment)))
    default: nil
    }
  }

  private func export(_ environment: [String: String]) throws(UsageError) -> Export {
    let levels = Export.levels
    let level = try value(
      .compress, wanted: "a whole number from \(levels.lowerBound) to \(levels.upperBound)",
      OptionValue.level)
    let workers = OptionValue.workers
    let parallelism = try value(
      .parallelism, wanted: "a whole number from \(workers.lowerBound) to \(workers.upperBound)",
      OptionValue.workerCount)
    var export = Export(
      source: try connection(.source, environment), selection: selection, until: try completionPoint(),
      from: values[.from], directory: values[.output] ?? "",
      workers: parallelism ?? OptionValue.workersByDefault, level: level ?? Export.levelByDefault,
      identity: identity)
    export.asRows = flags.contains(.rows)
    export.retryBudget = try workOptions().retryBudget
    return export
  }

  private func archive(_ environment: [String: String]) throws(UsageError) -> ArchiveRequest {
    ArchiveRequest(
      directory: values[.input] ?? "", target: try connection(.target, environment),
      options: try workOptions(), identity: identity, words: StoredWords())
  }
}

extension OptionValue {
  static func level(_ text: String) -> Int? { number(text, in: Export.levels) }

  static func workerCount(_ text: String) -> Int? { number(text, in: workers) }

  private static func number(_ text: String, in range: ClosedRange<Int>) -> Int? {
    guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int(text), range.contains(number)
    else { return nil }
    return number
  }
}
