extension HelpPage {
  /// The options section, made from the table that the parser reads by.
  static func options(of subcommand: Subcommand) -> Section {
    let own = subcommand.options.map { (spelling($0), meaning($0, in: subcommand)) }
    let shared = Subcommand.sharedOptions.map { (spelling($0), meaning($0, in: subcommand)) }
    return Section(title: "Options", lines: table(own + shared))
  }

  /// `-u, --until TIME`
  private static func spelling(_ option: Option) -> String {
    let short = option.short.map { "-\($0), " } ?? "    "
    return short + "--\(option.long)" + (option.placeholder.map { " \($0)" } ?? "")
  }

  private static func meaning(_ option: Option, in subcommand: Subcommand) -> String {
    let text = meaning(option)
    return subcommand.requiredOptions.contains(option) ? "\(text) Required." : text
  }

  private static func meaning(_ option: Option) -> String {
    switch option {
    case .source: "The database to copy from; or set BACKFILL_SOURCE."
    case .target: "The database to copy to; or set BACKFILL_TARGET."
    case .until: "Copy rows before this time (exclusive)."
    case .from: "Copy rows from this time on (inclusive). Without it: from the beginning."
    case .filter:
      "Only hypertables (schema.table) and continuous aggregates (schema.view) that match this "
        + "case-insensitive POSIX regular expression."
    case .cascadeUp: "With --filter: also the continuous aggregates that depend on the matches."
    case .cascadeDown: "With --filter: also what the matches depend on."
    case .snapshot: "Read the source in this exported snapshot (pg_export_snapshot)."
    case .parallelism:
      "How many chunks to work on at once, \(Parallelism.limits.lowerBound) to "
        + "\(Parallelism.limits.upperBound); \(Parallelism.byDefault) if not given."
    case .disableTelemetry: "Accepted and without effect: nothing is sent anywhere, ever."
    case .help: "Show this help."
    case .version: "Show the version."
    }
  }
}
