import BackfillCommands

extension HelpPage {
  /// The options section, made from the table that the parser reads by.
  static func options(of subcommand: Subcommand) -> Section {
    let own = (subcommand.options + subcommand.outputOptions).map {
      (spelling($0, in: subcommand), meaning($0, in: subcommand))
    }
    let shared = Subcommand.sharedOptions.map {
      (spelling($0, in: subcommand), meaning($0, in: subcommand))
    }
    return Section(title: "Options", lines: table(own + shared))
  }

  /// `-u, --until TIME`
  private static func spelling(_ option: Option, in subcommand: Subcommand) -> String {
    let short = option.short.map { "-\($0), " } ?? "    "
    let value =
      option.placeholder(in: subcommand).map { option.valueIsOptional ? "[=\($0)]" : " \($0)" } ?? ""
    return short + "--\(option.long)" + value
  }

  static func meaning(_ option: Option, in subcommand: Subcommand) -> String {
    let text = explanation(of: option, in: subcommand)
    return subcommand.requiredOptions.contains(option) ? "\(text) Required." : text
  }

  private static func explanation(of option: Option, in subcommand: Subcommand) -> String {
    switch option {
    case .target where subcommand == .load: "The database to load into; or set BACKFILL_TARGET."
    case .source: "The database to copy from; or set BACKFILL_SOURCE."
    case .target: "The database to copy to; or set BACKFILL_TARGET."
    case .until where subcommand == .load:
      "Leave out records from this time on, by the hypertable's time column. They are counted."
    case .until where subcommand == .check:
      "As for stage: the completion point. Without it, all of time is looked at."
    case .until where subcommand == .exporting:
      "Export rows before this time (exclusive). Besides, --until schema.relation=TIME sets another time for one "
        + "hypertable or continuous aggregate, and for the aggregates on it; any number of times."
    case .until where subcommand == .migrate:
      "The completion point: rows before this time are copied (exclusive). --until schema.relation=TIME sets another time "
        + "for one hypertable or continuous aggregate, and for the aggregates on it; any number of times. Without it, "
        + "migrate suggests one and asks."
    case .until:
      "Copy rows before this time (exclusive). Besides, --until schema.relation=TIME sets another time for one hypertable "
        + "or continuous aggregate, and for the aggregates on it; any number of times."
    case .from where subcommand == .exporting:
      "Export rows from this time on (inclusive). The default is the beginning."
    case .from where subcommand == .load: "Leave out records before this time."
    case .from: "Copy rows from this time on (inclusive). The default is the beginning."
    case .filter where subcommand == .copy:
      "With --again: the chunks of hypertables (schema.table) and continuous aggregates (schema.view) that match this "
        + "case-insensitive POSIX regular expression."
    case .filter where subcommand == .schema:
      "With --tables-only: only tables (schema.table) that match this case-insensitive POSIX regular expression."
    case .filter:
      "Only hypertables (schema.table) and continuous aggregates (schema.view) that match this "
        + "case-insensitive POSIX regular expression."
    case .exclude: "Leave out those that match this regular expression, whatever selected them."
    case .dryRun: "Show what would be staged, and write nothing."
    case .cascadeUp: "With --filter: also the continuous aggregates that depend on the matches."
    case .cascadeDown: "With --filter: also what the matches depend on."
    case .noGrants:
      "Grant nothing to the owner of the hypertables, which keeps the record of jobs from it too: for the role that runs "
        + "schema and everything after it."
    case .noSchema:
      "The target has the schema, and rows in its hypertables: migrate into it although no migration is under way there."
    case .writingToBoth:
      "All writers write to both databases, or nothing is written to the source. Without it, migrate asks."
    case .yes: "Ask nothing. What a person has to tell is told by --writing-to-both and --until."
    case .managed:
      "The target's role is not a superuser. Objects belong to it, and what only a superuser may set is left out."
    case .noRoles: "Create no roles."
    case .noTables: "Leave the rows of ordinary tables behind."
    case .rebuild:
      "Make hypertables, continuous aggregates and jobs from definitions instead of restoring TimescaleDB's catalog. Done "
        + "without being asked for where versions or editions of TimescaleDB differ."
    case .missingOnly:
      "Add what the target lacks, from definitions, and leave what it has as it is."
    case .tablesOnly:
      "Replace the rows of ordinary tables, in one transaction, and advance sequences. Nothing else is done."
    case .print: "Write the steps as a script for bash to standard output, and do nothing."
    case .pgBin: "The directory of pg_dump, pg_dumpall and pg_restore. The default is to look in PATH."
    case .snapshot: "Read the source in this exported snapshot (pg_export_snapshot)."
    case .splitSize:
      "Split uncompressed chunks with more data than this, such as 500MB, into parts that several workers copy. The "
        + "default is 1GB; 0 disables splitting."
    case .adoptSource:
      "Accept this source as the one that the queue was staged from although its identity has changed, as after "
        + "pg_upgrade. Its chunks are compared with the staged ones first."
    case .parallelism where subcommand == .load:
      "How many batches to load at once, \(OptionValue.workers.lowerBound) to \(OptionValue.workers.upperBound), or auto. "
        + "The default is 4. --workers is the same."
    case .parallelism where subcommand == .check:
      "How many chunks are to be copied at once, \(OptionValue.workers.lowerBound) to "
        + "\(OptionValue.workers.upperBound), or auto. The default is \(OptionValue.workersByDefault)."
    case .parallelism where subcommand == .migrate:
      "How many chunks to work on at once, \(OptionValue.workers.lowerBound) to "
        + "\(OptionValue.workers.upperBound), or auto. The default is \(OptionValue.workersByDefault)."
    case .parallelism where subcommand == .exporting:
      "How many chunks to read at once, \(OptionValue.workers.lowerBound) to \(OptionValue.workers.upperBound). The "
        + "default is \(OptionValue.workersByDefault)."
    case .parallelism:
      "How many chunks to work on at once, \(OptionValue.workers.lowerBound) to "
        + "\(OptionValue.workers.upperBound), or auto. The default is \(OptionValue.workersByDefault). Can be changed "
        + "during a run: UPDATE __backfill.session SET parallelism = N on the target."
    case .measure:
      "Also measure how far away and how fast both servers are, for a few seconds each, and suggest a parallelism. Reads "
        + "rows of the source, and writes rows to a temporary table on the target, in a transaction that is rolled back."
    case .again where subcommand == .load:
      "Load from the beginning, even if the same files were loaded before, as a whole or in part. Rows of that load stay, "
        + "unless --replace removes them."
    case .again where subcommand == .copy:
      "Copy chunks again that were copied before: with --differing, with --filter, or with both, which "
        + "narrows it down. Their rows on the target are replaced, and they count as unverified."
    case .again where subcommand == .importing:
      "With --differing: import chunks again that were imported before. Their rows on the target are replaced, and they "
        + "count as unverified."
    case .again: "Compare chunks again that were verified before."
    case .differing:
      "With --again: only chunks that differed when they were last compared."
    case .count:
      "Only count the rows on both sides, which proves nothing about their values. No chunk is marked as verified."
    case .estimate:
      "Only compare statistics (ANALYZE) of both sides, without reading any rows. This proves nothing."
    case .sample:
      "Compare only this part of the chunks, such as 10%, chosen at random. Those that are equal are marked as verified."
    case .maxRate where subcommand == .verify:
      "Read at most this much per second from the source, such as 50MB, on average over chunks: bytes of stored rows, "
        + "as the server that computes the checksums reads them."
    case .maxRate: "Read at most this much per second from the source, such as 50MB."
    case .keepIndexes: "Keep the indexes of large chunks in place instead of rebuilding them after loading."
    case .disableTriggers:
      "Skip the target's row triggers and foreign key checks. Sets session_replication_role, which requires a "
        + "superuser or the privilege to set it."
    case .allowShrinking where subcommand == .schema:
      "With --tables-only: replace the rows of tables even if the source has none, or fewer than a tenth. By default "
        + "this is refused, because source and target may be exchanged."
    case .allowShrinking:
      "Replace rows of the target even if the source has no rows there, or fewer than a tenth. By default this is "
        + "refused, because source and target may be exchanged."
    case .failFast: "Stop at the first chunk that fails. By default the others continue."
    case .retryBudget:
      "How long to retry while a server is unavailable, such as 90s, 15m or 2h. The default is 5m."
    case .watermarksTo:
      "Write what a refresh has to know of the source into this file, and refresh nothing. Needs only --source."
    case .watermarksFrom:
      "Refresh by a file that --watermarks-to has written. Needs only --target."
    case .stagger where subcommand == .migrate:
      "Spread the first runs of the jobs that are due over this time, such as 90s, 15m or 2h. The default is "
        + "\(MigrateRequest.staggerByDefault)."
    case .stagger:
      "Spread the first runs of the jobs that are due over this time, such as 90s, 15m or 2h. By default, all jobs that "
        + "are due begin at once."
    case .force where subcommand == .jobsOn:
      "Turn them on even if some of the chunks have not been copied yet."
    case .force:
      subcommand == .clean
        ? "Remove the queue even if some of its chunks have not been copied."
        : "Refresh even if some of the chunks have not been copied yet, and refresh again what an earlier run has "
          + "refreshed."
    case .table: "The table to load into, as SQL writes it: readings, public.\"Readings\"."
    case .columns:
      "The columns that records have, in their order, separated by commas. By default all that are not generated, in the "
        + "table's order, or those that --header names."
    case .header: "The first record of each file names the columns, and is not loaded."
    case .format: "csv, the default, or text, which is what COPY writes by default."
    case .delimiter: "What separates values. The default is a comma, and of text a tab (\\t)."
    case .null: "What stands for NULL. The default is nothing at all without quotes, and of text \\N."
    case .quote: "What values are quoted with in CSV. The default is \"."
    case .escape: "What stands in front of a quote inside of quotes. The default is the quote itself."
    case .encoding: "The files' encoding, as PostgreSQL calls it, such as LATIN1. The default is UTF8."
    case .replace:
      "First delete the table's rows from --from to --until, once, however often the load is continued."
    case .onConflict:
      "What to do with a record whose row is there already, by a unique index: error, the default, skip, or update, which "
        + "takes the primary key, or the only unique index."
    case .onError:
      "What to do with a record that the server refuses: stop, the default; skip, which counts it; or reject=FILE, which "
        + "writes it to FILE, and the reason to FILE.reasons."
    case .batchSize:
      "How much of a file is loaded in one transaction, from 64kB to 256MB. The default is 4MB."
    case .watch:
      "Show the state again and again, every 2 seconds or as given, until Ctrl-C. On a terminal --watch redraws it in "
        + "place."
    case .output where subcommand == .exporting:
      "The directory to write to. It is created if it is not there, and continued if it has an archive of the same "
        + "selection."
    case .input where subcommand == .verify:
      "Compare with the descriptions of the archive in this directory, which was imported. Needs only --target."
    case .input: "The directory with the files of an export."
    case .compress:
      "How much to compress, \(Export.levels.lowerBound) to \(Export.levels.upperBound). The default is "
        + "\(Export.levelByDefault)."
    case .rows:
      "Write compressed chunks as rows. The archive is larger, and goes into any target: of another version of "
        + "TimescaleDB, with other compression settings, with none. By default, their compressed batches are written as "
        + "they are (help archives)."
    case .output:
      "The file to write, which is replaced if it is there; - is standard output."
    case .json: "Write one JSON document instead of text, and nothing else (help json)."
    case .jsonProgress:
      "Write progress, warnings and errors as JSON lines to standard error (help json)."
    case .timestamps: "Put the time in front of each line, in UTC (ISO 8601)."
    case .quiet: "Show only results, warnings and errors."
    case .verbose where [.copy, .verify, .migrate, .exporting, .importing].contains(subcommand):
      "Also show when a worker begins a chunk, and each thing it does with it."
    case .verbose: "Has an effect on copy and verify."
    case .logFile:
      "Add all lines to this file too, with the time, and with the details of each server error."
    case .disableTelemetry: "Accepted, without effect: the program sends no telemetry."
    case .man: "Print all of help as a man page."
    case .completions: "Print what bash, zsh or fish reads to complete command lines (help installation)."
    case .help: "Show this help."
    case .version:
      "Show the version; with --verbose, also those of libpq, the compiler and the supported servers."
    }
  }
}
