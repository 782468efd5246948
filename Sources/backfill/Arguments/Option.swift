/// Every option there is, whatever the subcommand: one spelling means one thing everywhere, so that the words
/// of a command line can be told apart before the subcommand is known.
enum Option: String, CaseIterable, Sendable {
  case source
  case target
  case until
  case from
  case filter
  case exclude
  case cascadeUp = "cascade-up"
  case cascadeDown = "cascade-down"
  case managed
  case noRoles = "no-roles"
  case noTables = "no-tables"
  case tablesOnly = "tables-only"
  case rebuild
  case missingOnly = "missing-only"
  case noGrants = "no-grants"
  case noSchema = "no-schema"
  case print
  case pgBin = "pg-bin"
  case snapshot
  case splitSize = "split-size"
  case dryRun = "dry-run"
  case adoptSource = "adopt-source"
  case again
  case differing
  case count
  case estimate
  case sample
  case parallelism
  case maxRate = "max-rate"
  case measure
  case keepIndexes = "keep-indexes"
  case disableTriggers = "disable-triggers"
  case allowShrinking = "allow-shrinking"
  case failFast = "fail-fast"
  case retryBudget = "retry-budget"
  case watermarksTo = "watermarks-to"
  case watermarksFrom = "watermarks-from"
  case stagger
  case force
  case writingToBoth = "writing-to-both"
  case table
  case columns
  case header
  case format
  case delimiter
  case null
  case quote
  case escape
  case encoding
  case replace
  case onConflict = "on-conflict"
  case onError = "on-error"
  case batchSize = "batch-size"
  case yes
  case watch
  case output
  case input
  case compress
  case rows
  case json
  case jsonProgress = "json-progress"
  case timestamps
  case quiet
  case verbose
  case logFile = "log-file"
  case man
  case completions
  case disableTelemetry = "disable-telemetry"
  case help
  case version

  /// What follows the two dashes.
  var long: String { rawValue }

  /// What follows the one dash, for those that have a short form.
  var short: Character? {
    switch self {
    case .until: "u"
    case .from: "F"
    case .filter: "f"
    case .cascadeUp: "U"
    case .cascadeDown: "D"
    case .snapshot: "s"
    case .parallelism: "p"
    case .output: "o"
    case .table: "t"
    case .input: "i"
    case .help: "h"
    case .version: "V"
    case .source, .target, .exclude, .managed, .noRoles, .noTables, .tablesOnly, .rebuild, .missingOnly,
      .noGrants, .noSchema, .print,
      .pgBin,
      .splitSize,
      .dryRun, .adoptSource, .again, .differing, .count, .estimate, .sample, .maxRate, .measure, .keepIndexes,
      .disableTriggers, .allowShrinking, .failFast, .retryBudget, .stagger, .watermarksTo, .watermarksFrom,
      .force, .writingToBoth, .yes, .compress, .rows,
      .columns, .header, .format, .delimiter, .null, .quote, .escape, .encoding, .replace, .onConflict,
      .onError, .batchSize,
      .watch, .json, .jsonProgress, .timestamps, .quiet, .verbose, .logFile, .man, .completions,
      .disableTelemetry:
      nil
    }
  }

  /// How help calls the option's value; nil is a flag.
  var placeholder: String? {
    switch self {
    case .source, .target: "CONNECTION"
    case .until, .from: "TIME"
    case .filter, .exclude: "REGEX"
    case .snapshot: "ID"
    case .sample: "PERCENT"
    case .parallelism: "N"
    case .maxRate, .splitSize, .batchSize: "SIZE"
    case .table: "TABLE"
    case .columns: "NAME,..."
    case .format: "FORMAT"
    case .delimiter, .quote, .escape: "CHARACTER"
    case .null: "TEXT"
    case .encoding: "ENCODING"
    case .onConflict, .onError: "WHAT"
    case .retryBudget, .stagger: "TIME"
    case .watch: "SECONDS"
    case .output, .logFile, .watermarksTo, .watermarksFrom: "FILE"
    case .pgBin, .input: "DIR"
    case .compress: "LEVEL"
    case .completions: "SHELL"
    case .managed, .noRoles, .noTables, .tablesOnly, .rebuild, .missingOnly, .noGrants, .noSchema, .print,
      .cascadeUp, .cascadeDown,
      .dryRun, .adoptSource,
      .again, .differing, .count, .estimate, .measure, .keepIndexes,
      .disableTriggers, .allowShrinking, .failFast, .force, .writingToBoth, .yes, .header, .replace, .rows,
      .json,
      .jsonProgress,
      .timestamps, .quiet, .verbose, .man, .disableTelemetry, .help, .version:
      nil
    }
  }

  /// The same where a subcommand means something else by the value.
  func placeholder(in subcommand: Subcommand) -> String? {
    self == .output && subcommand == .exporting ? "DIR" : placeholder
  }

  var takesValue: Bool { placeholder != nil }

  /// Whether the option may be given more than once.
  var mayRepeat: Bool { self == .until }

  /// Whether a value of nothing but blanks is meant so.
  var mayBeBlank: Bool { [.delimiter, .null].contains(self) }

  /// Whether the option means something without a value too, which then only comes attached: `--watch`, `--watch=5`.
  var valueIsOptional: Bool { self == .watch }

  /// Whether a value may hold a password, and so is never printed.
  var isSecret: Bool { self == .source || self == .target }

  /// The environment variable that stands in for the option.
  var environmentVariable: String? {
    switch self {
    case .source: "BACKFILL_SOURCE"
    case .target: "BACKFILL_TARGET"
    default: nil
    }
  }

  /// `--workers` is what other loaders call it.
  static func named(long name: String) -> Option? {
    name == "workers" ? .parallelism : Option(rawValue: name)
  }

  static func named(short character: Character) -> Option? {
    allCases.first { $0.short == character }
  }
}
