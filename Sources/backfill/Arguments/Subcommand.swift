/// What the program can be asked to do, and the options each accepts, in the order help shows them. A name may have two
/// words, of which the first stands for a group.
enum Subcommand: String, CaseIterable, Sendable {
  case check
  case schema
  case stage
  case copy
  case verify
  case refreshCaggs = "refresh-caggs"
  case jobsOff = "jobs off"
  case jobsOn = "jobs on"
  case jobsList = "jobs list"
  case status
  case report
  case exporting = "export"
  case importing = "import"
  case clean
  case migrate
  case load
  case help

  var name: String { rawValue }

  var options: [Option] { ownOptions + (hasDocument ? [.json, .jsonProgress] : []) }

  /// Whether it can answer with one document. A whole migration is several commands, and asks a person.
  private var hasDocument: Bool { self != .help && self != .migrate }

  private var ownOptions: [Option] {
    switch self {
    case .check:
      [.source, .target, .until, .from, .filter, .exclude, .cascadeUp, .cascadeDown, .parallelism, .measure]
    case .schema:
      [
        .source, .target, .rebuild, .missingOnly, .managed, .noRoles, .noTables, .tablesOnly, .noGrants,
        .filter, .exclude,
        .allowShrinking,
        .print, .pgBin,
      ]
    case .stage:
      [
        .source, .target, .until, .from, .filter, .exclude, .cascadeUp, .cascadeDown, .dryRun, .snapshot,
        .splitSize, .adoptSource, .allowShrinking,
      ]
    case .copy:
      [
        .source, .target, .again, .differing, .filter, .parallelism, .maxRate, .keepIndexes, .disableTriggers,
        .allowShrinking, .failFast, .retryBudget,
      ]
    case .verify:
      [
        .source, .target, .input, .count, .estimate, .sample, .again, .differing, .filter, .parallelism,
        .maxRate, .failFast, .retryBudget,
      ]
    case .refreshCaggs:
      [.source, .target, .filter, .cascadeUp, .cascadeDown, .watermarksTo, .watermarksFrom, .force]
    case .jobsOff, .jobsList: [.target]
    case .jobsOn: [.target, .stagger, .force]
    case .status: [.target, .watch]
    case .report: [.target, .output]
    case .exporting:
      [
        .source, .output, .until, .from, .filter, .exclude, .cascadeUp, .cascadeDown, .compress,
        .rows, .parallelism, .retryBudget,
      ]
    case .importing:
      [
        .target, .input, .again, .differing, .parallelism, .keepIndexes, .disableTriggers, .allowShrinking,
        .failFast,
        .retryBudget,
      ]
    case .clean: [.target, .force]
    case .migrate:
      [
        .source, .target, .until, .from, .filter, .exclude, .cascadeUp, .cascadeDown, .noSchema, .rebuild,
        .managed, .noRoles, .noTables, .pgBin, .parallelism, .maxRate, .disableTriggers, .allowShrinking,
        .stagger,
        .writingToBoth, .yes,
      ]
    case .load:
      [
        .target, .table, .columns, .header, .format, .delimiter, .null, .quote, .escape, .encoding, .until,
        .from, .replace, .onConflict, .onError, .again, .parallelism, .batchSize, .retryBudget,
      ]
    case .help: [.man, .completions]
    }
  }

  /// Whether words without an option's name before them are files.
  var takesFiles: Bool { self == .load }

  /// What can't be left out, neither here nor in the environment.
  var requiredOptions: [Option] {
    switch self {
    case .stage: [.source, .target, .until]
    case .check, .schema, .copy, .verify, .refreshCaggs, .migrate: [.source, .target]
    case .status, .clean, .jobsOff, .jobsOn, .jobsList: [.target]
    case .report: [.target, .output]
    case .exporting: [.source, .output, .until]
    case .importing: [.target, .input]
    case .load: [.target, .table]
    case .help: []
    }
  }

  /// Groups of options of which one at most may be given.
  var alternatives: [[Option]] {
    let own: [[Option]] =
      switch self {
      case .verify:
        [[.count, .estimate, .sample]]
          + [.source, .count, .estimate, .sample, .filter, .maxRate].map { [.input, $0] }
      case .schema:
        [.rebuild, .missingOnly, .managed, .noRoles, .noTables, .noGrants, .pgBin, .print].map {
          [.tablesOnly, $0]
        } + [
          [.print, .json]
        ]
      case .help: [[.man, .completions]]
      case .refreshCaggs: [[.watermarksTo, .watermarksFrom], [.watermarksTo, .force]]
      case .migrate:
        [[.noSchema, .rebuild], [.noSchema, .managed], [.noSchema, .noRoles], [.noSchema, .noTables]]
      default: []
      }
    return own + [[.quiet, .verbose]]
  }

  /// Options that mean nothing without one of others.
  var companions: [(option: Option, others: [Option])] {
    switch self {
    case .check: [(.from, [.until])]
    case .copy: [(.again, [.differing, .filter]), (.differing, [.again]), (.filter, [.again])]
    case .verify: [(.differing, [.again])]
    case .importing: [(.again, [.differing]), (.differing, [.again])]
    case .load: [(.replace, [.until, .from])]
    case .schema: [.filter, .exclude, .allowShrinking].map { ($0, [.tablesOnly]) }
    default: []
    }
  }

  /// What every subcommand takes that does something: how much is told of that, and where.
  var outputOptions: [Option] { self == .help ? [] : [.timestamps, .quiet, .verbose, .logFile] }

  /// What every subcommand takes.
  static let sharedOptions: [Option] = [.disableTelemetry, .help, .version]

  func accepts(_ option: Option) -> Bool {
    options.contains(option) || outputOptions.contains(option) || Self.sharedOptions.contains(option)
  }

  /// Those that take `option`, for telling where it belongs.
  static func accepting(_ option: Option) -> [Subcommand] { allCases.filter { $0.accepts(option) } }
}
