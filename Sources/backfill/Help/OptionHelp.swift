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
    let text = explanation(of: option, in: subcommand)
    return subcommand.requiredOptions.contains(option) ? "\(text) Required." : text
  }

  private static func explanation(of option: Option, in subcommand: Subcommand) -> String {
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
    case .splitSize:
      "Cut uncompressed chunks with more data than this, such as 500MB, into parts that several workers copy; 1GB if "
        + "not given, 0 cuts none."
    case .adoptSource:
      "Take this source for the one that the queue was staged from, although its identity is another, as after "
        + "pg_upgrade. Its chunks are compared with the staged ones first."
    case .parallelism:
      "How many chunks to work on at once, \(OptionValue.workers.lowerBound) to "
        + "\(OptionValue.workers.upperBound), or auto; \(OptionValue.workersByDefault) if not given. Can be changed "
        + "while it runs: UPDATE __backfill.session SET parallelism = N on the target."
    case .maxRate: "Read at most so much per second from the source, such as 50MB."
    case .keepIndexes: "Keep the indexes of large chunks in place instead of rebuilding them after loading."
    case .disableTriggers:
      "Leave out the target's row triggers, foreign keys included (sets session_replication_role, which takes a "
        + "superuser or the privilege to set it)."
    case .allowShrinking:
      "Replace rows of the target even where the source has no rows for them, or fewer than a tenth. Without it, "
        + "that is refused: source and target may be exchanged."
    case .failFast: "Stop at the first chunk that fails. Otherwise the others go on."
    case .retryBudget: "How long to keep trying when a server is away: 90s, 15m, 2h; 5m if not given."
    case .force:
      subcommand == .clean
        ? "Remove the queue even if some of its chunks have not been copied."
        : "Refresh even where some of the rows have not been copied yet."
    case .disableTelemetry: "Accepted and without effect: nothing is sent anywhere, ever."
    case .help: "Show this help."
    case .version: "Show the version."
    }
  }
}
