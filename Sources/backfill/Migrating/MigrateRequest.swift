import BackfillCommands
import ChunkCatalog
import Postgres

/// The command line of `migrate`, which those of its steps are made of: what is shown of a step is what is parsed and run.
struct MigrateRequest: Sendable {
  private let request: Request
  private let environment: [String: String]
  let endpoints: Endpoints

  /// A step's command line.
  struct Line: Sendable {
    let command: Command
    /// As a person would type it.
    let text: String
  }

  /// - Throws: `UsageError` for what a step could not follow.
  init(_ request: Request, _ environment: [String: String]) throws(UsageError) {
    self.request = request
    self.environment = environment
    endpoints = try request.endpoints(environment)
    var choice = choice()
    // Which time is meant may be decided later; everything else is to be right before anything is attempted.
    if choice.until.isEmpty { choice.until = ["2000-01-01"] }
    for subcommand in Self.subcommands { _ = try line(subcommand, choice) }
  }

  private static let subcommands: [Subcommand] = [
    .check, .schema, .jobsOff, .stage, .copy, .verify, .refreshCaggs, .jobsOn, .clean,
  ]

  /// Nothing is to be asked.
  var isConfirmed: Bool { request.flags.contains(.yes) }
  var isWritingToBoth: Bool { request.flags.contains(.writingToBoth) }
  /// A target that has the schema, and rows, is the one to migrate to.
  var acceptsRows: Bool { request.flags.contains(.noSchema) }

  /// What is migrated: as it was decided before, but for what this command line says otherwise.
  func choice(over recorded: MigrationRecord.Choice? = nil) -> MigrationRecord.Choice {
    MigrationRecord.Choice(
      until: request.lists[.until] ?? recorded?.until ?? [], from: request.values[.from] ?? recorded?.from,
      filter: request.values[.filter] ?? recorded?.filter,
      exclude: request.values[.exclude] ?? recorded?.exclude,
      cascadeUp: request.flags.contains(.cascadeUp) || recorded?.cascadeUp == true,
      cascadeDown: request.flags.contains(.cascadeDown) || recorded?.cascadeDown == true)
  }

  func line(_ subcommand: Subcommand, _ choice: MigrationRecord.Choice) throws(UsageError) -> Line {
    let words = words(of: subcommand, choice)
    guard case .run(let command) = try CommandLineParser.parse(words, environment: environment) else {
      throw .noSubcommand
    }
    let text = try CommandLineParser.output(words).commandLine
    return Line(command: command, text: "\(Version.program) \(text)")
  }

  private func words(of subcommand: Subcommand, _ choice: MigrationRecord.Choice) -> [String] {
    let own = subcommand.options.filter { !Self.selecting.contains($0) && passes($0, to: subcommand) }
    var words = subcommand.name.split(separator: " ").map(String.init)
    for option in own {
      if request.flags.contains(option) { words.append("--\(option.long)") }
      if let value = request.values[option] { words.append("--\(option.long)=\(value)") }
    }
    // The role that runs this does all the rest, too.
    if subcommand == .schema, !request.flags.contains(.managed) { words.append("--\(Option.noGrants.long)") }
    if subcommand == .jobsOn, request.values[.stagger] == nil {
      words.append("--\(Option.stagger.long)=\(Self.staggerByDefault)")
    }
    return words + choice.words.filter { subcommand.takesChoice($0.option) }.map(\.word)
  }

  /// A target whose jobs all begin at once is slow for a while.
  static let staggerByDefault = "15m"

  private func passes(_ option: Option, to subcommand: Subcommand) -> Bool {
    // Of schema it is about ordinary tables that are replaced.
    subcommand != .schema || option != .allowShrinking
  }

  private static let selecting: Set<Option> = [
    .until, .from, .filter, .exclude, .cascadeUp, .cascadeDown,
  ]
}

extension Subcommand {
  /// Whether it is told by this option what is migrated. Others work through the queue, where that stands.
  fileprivate func takesChoice(_ option: Option) -> Bool {
    [.check, .stage, .refreshCaggs].contains(self) && options.contains(option)
  }
}

extension MigrationRecord.Choice {
  var selection: Selection {
    Selection(filter: filter, exclude: exclude, cascadeUp: cascadeUp, cascadeDown: cascadeDown)
  }

  fileprivate var words: [(option: Option, word: String)] {
    let values: [(Option, String?)] =
      until.map { (.until, $0) } + [
        // Without the other end it means nothing to check.
        (.from, until.isEmpty ? nil : from), (.filter, filter), (.exclude, exclude),
      ]
    let flags: [(Option, Bool)] = [(.cascadeUp, cascadeUp), (.cascadeDown, cascadeDown)]
    return values.compactMap { option, value in value.map { (option, "--\(option.long)=\($0)") } }
      + flags.filter(\.1).map { ($0.0, "--\($0.0.long)") }
  }
}
