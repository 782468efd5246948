import BackfillCommands
import Postgres

extension MigrationFinding {
  var words: Words {
    switch self {
    case .otherDatabases(let differences):
      Words(
        "the migration that is under way on the target is one between other databases: "
          + differences.map(\.text).joined(separator: "; "),
        hint: "check --source and --target; if that migration is given up, run clean --force first")
    case .onlyOnSource(let names):
      Words(
        "the target has no rows from the completion point on, where the source has some: \(Words.list(names))",
        hint:
          "rows from then on are not copied: have the application write to both databases, or choose a later "
          + "completion point with --until")
    case .rowsAhead(let name, let newest):
      Words(
        "\(name.shown) has rows up to \(newest.text), and those from the completion point on are not copied",
        hint:
          "make sure that the target has them; --until \(CompletionAdvice.OwnTime.spelling(name))=TIME sets a later "
          + "completion point for it")
    case .needTimes(let names):
      Words(
        "the completion point is no value of the time of \(Words.list(names, limit: names.count))",
        hint: "give each its own: "
          + names.map { "--until \(CompletionAdvice.OwnTime.spelling($0))=TIME" }.joined(separator: " "))
    }
  }
}

extension CompletionAdvice {
  /// `--until=...`, quoted for a shell.
  var options: [String] {
    let first = general?.rfc3339 ?? own.first?.suggestion ?? "TIME"
    return ([first] + own.map { $0.option($0.suggestion ?? "TIME") }).map {
      "--until=\(ShellWord.quoted($0))"
    }
  }
}

extension CompletionAdvice.OwnTime {
  var question: String {
    "Completion point of \(relation.shown) (\(type), newest: \(SafeText.line(newest ?? "none")))"
  }

  func option(_ text: String) -> String { "\(Self.spelling(relation))=\(text)" }

  /// As `--until` takes it: without quotation marks where the names have none of their own.
  static func spelling(_ name: QualifiedName) -> String { "\(name.schema.name).\(name.name.name)" }
}

extension MigrationStep {
  /// nil for what is a person's to do.
  var subcommand: Subcommand? {
    switch self {
    case .check: .check
    case .schema: .schema
    case .jobsOff: .jobsOff
    case .writing, .completionPoint: nil
    case .stage: .stage
    case .copy: .copy
    case .verify: .verify
    case .refreshCaggs: .refreshCaggs
    case .jobsOn: .jobsOn
    case .clean: .clean
    }
  }

  private static let count = 10

  private var number: Int {
    switch self {
    case .check: 1
    case .schema, .jobsOff: 2
    case .writing: 3
    case .completionPoint: 4
    case .stage: 5
    case .copy: 6
    case .verify: 7
    case .refreshCaggs: 8
    case .jobsOn: 9
    case .clean: 10
    }
  }

  var name: String {
    switch self {
    case .writing: "write to both databases"
    case .completionPoint: "completion point"
    default: subcommand?.name ?? rawValue
    }
  }

  /// - Parameter withSchema: the target has hypertables, and what is checked is more than it was before.
  func heading(withSchema: Bool) -> String {
    let isAgain = self == .check && withSchema
    return
      "Step \(isAgain ? 2 : number) of \(Self.count): \(name)\(isAgain ? ", with the schema in place" : "")"
  }

  var explanation: [String] {
    switch self {
    case .writing:
      HelpPage.wrapped(
        "Change the application so that all of it writes to both databases: inserts, updates and deletes. If retention is "
          + "on on the source, turn it off there (check names the statement), so that it drops no chunk before that is "
          + "copied. Answer when this is done; until then the migration may rest.")
    case .completionPoint:
      HelpPage.wrapped(
        "Rows before the completion point are copied, and rows from it on are those that the application has written to "
          + "both databases. So it is a time after all writers had begun to do so. Staging waits until it has come. Enter "
          + "takes the suggestion.")
    case .clean:
      HelpPage.wrapped(
        "This ends the migration: the queue, and with it status and report, are gone afterwards. For a report, run "
          + "'\(Version.program) report --output FILE.html' first.")
    default: []
    }
  }
}

enum MigrateText {
  static let targetWithRows = HelpPage.wrapped(
    "The target has the schema, and rows in its hypertables, and no migration is under way there. If a migration to it is "
      + "finished, another one would replace its rows by the source's.")

  static func waiting(_ review: CompletionReview) -> String {
    "Waiting for the completion point, \(review.last?.text ?? ""), and rows on their way: "
      + "\(Quantity.roughTime(review.wait)) by the source's clock"
  }

  static let done =
    [""]
    + HelpPage.wrapped(
      "The migration is done. To cut over, stop the application's writes to the source. Bring what it did not write to "
        + "both sides, ordinary tables and sequences, with '\(Version.program) schema --tables-only'. Run VACUUM ANALYZE on "
        + "the target, and let the application use it alone.")
}
