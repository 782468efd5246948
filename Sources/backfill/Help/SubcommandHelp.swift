extension HelpPage {
  static func of(_ subcommand: Subcommand) -> HelpPage {
    HelpPage(
      usage: "\(Version.program) \(subcommand.name) [options]",
      purpose: purpose(subcommand),
      sections: [
        options(of: subcommand),
        Section(title: "Example", lines: example(subcommand)),
        Section(title: "Connections", lines: connections(subcommand.options.filter(\.isSecret))),
        exitCodes,
      ])
  }

  private static func purpose(_ subcommand: Subcommand) -> [String] {
    switch subcommand {
    case .stage:
      [
        "Writes one task per chunk of the source into a queue on the target (schema __backfill), and makes "
          + "sure that every chunk exists there. No data moves yet. Chunks that are staged already are "
          + "counted and left alone, so it can be run again with other filters. With another window, tasks that "
          + "aren't copied yet are replaced.",
        "Rows with from <= time < until will be copied. The times are timestamps, dates or integers "
          + "(negative ones too), read as the type of each hypertable's time dimension.",
      ]
    case .copy:
      [
        "Copies the chunks of the queue, the newest first. A chunk's rows and its mark in the queue are "
          + "committed together: stop it, lose the connection or pull the plug, and the next copy goes on "
          + "with whole chunks. Several may run at once, on several machines.",
        "The first Ctrl-C finishes the chunks in flight; a second one cancels them.",
      ]
    case .verify:
      [
        "Compares every copied chunk with the source, by number of rows and a checksum of all columns. "
          + "Chunks that differ are named with the columns that do, and stay unverified, so that verify can "
          + "be run again.",
        "The first Ctrl-C finishes the chunks in flight; a second one cancels them.",
      ]
    case .refreshCaggs:
      [
        "Refreshes the continuous aggregates of the target, from the end of what was staged of them up to where the "
          + "source's are refreshed. Run it after copy, before the refresh policies are switched back on.",
        "Buckets whose rows aren't on the target stay as they are, and are named.",
      ]
    case .clean:
      [
        "Removes the queue, the schema __backfill, from the target. Copied data stays, and large chunks that are "
          + "copied in part get their indexes back first. Run it when copy and verify are done; what wasn't "
          + "copied by then has to be staged again."
      ]
    case .help: []
    }
  }

  private static func example(_ subcommand: Subcommand) -> [String] {
    let exports = [
      "export BACKFILL_SOURCE='postgresql://me@old.example.com/metrics'",
      "export BACKFILL_TARGET='postgresql://me@new.example.com/metrics'",
    ]
    switch subcommand {
    case .stage:
      return exports + [
        "\(Version.program) stage --until '2024-06-01T00:00:00Z' \\", "  --filter '^public\\.conditions'",
      ]
    case .copy: return exports + ["\(Version.program) copy --parallelism 16"]
    case .verify: return exports + ["\(Version.program) verify --parallelism 4"]
    case .refreshCaggs: return exports + ["\(Version.program) refresh-caggs"]
    case .clean: return exports.suffix(1) + ["\(Version.program) clean"]
    case .help: return []
    }
  }
}
