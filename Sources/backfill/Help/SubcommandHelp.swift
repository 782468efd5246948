extension HelpPage {
  static func of(_ subcommand: Subcommand) -> HelpPage {
    HelpPage(
      usage: "\(Version.program) \(subcommand.name) [options]\(subcommand.takesFiles ? " FILE..." : "")",
      purpose: purpose(subcommand),
      sections: [
        options(of: subcommand),
        Section(title: "Example", lines: example(subcommand)),
        Section(title: "Connections", lines: connections(subcommand.options.filter(\.isSecret))),
        exitCodes(of: subcommand),
      ])
  }

  static func purpose(_ subcommand: Subcommand) -> [String] {
    switch subcommand {
    case .check:
      [
        "Reads both databases and tells what stands in the way of a migration: what stops it, what to be warned of, "
          + "and what is good to know; each with the reason and, where there is one, the statement that mends it. "
          + "Nothing is written on either side, but for what --measure says. stage makes the same checks.",
        "--until and the options of selection are those of stage. Without --until, all of time is looked at.",
        "See also: help findings, privileges.",
      ]
    case .schema:
      [
        "Brings roles, database, schema, TimescaleDB's catalog and the rows of ordinary tables to the target, with "
          + "PostgreSQL's own pg_dumpall, pg_dump and pg_restore. Then hypertables are empty, and all jobs (policies) are "
          + "turned off. The source is only read.",
        "Where versions or editions of TimescaleDB differ, or with --rebuild, hypertables, continuous aggregates and jobs "
          + "are made from definitions, and what cannot be carried over is listed.",
        "Nothing that the target has is changed: roles keep their passwords, and a target that has any of the objects is "
          + "refused, unless --missing-only adds what it lacks. After a stop, run it again.",
        "See also: help transfer, connections, privileges.",
      ]
    case .stage:
      [
        "Writes one task for each chunk of the source into a queue on the target (schema __backfill), and "
          + "creates chunks that are missing there. No data is copied yet. Chunks that are already staged are "
          + "counted and left alone, so stage can be run again with other filters. With another time range, tasks "
          + "that are not copied yet are replaced.",
        "Rows with from <= time < until will be copied. The times are timestamps, dates or integers "
          + "(possibly negative), read as the type of each hypertable's time dimension.",
        "See also: help staging, privileges, snapshots.",
      ]
    case .copy:
      [
        "Copies the chunks in the queue, the newest first. A chunk's rows and its mark in the queue are "
          + "committed together. After a stop, a lost connection or a power failure, the next copy continues "
          + "with whole chunks. Several can run at once, on several machines.",
        "The first Ctrl-C finishes the chunks in progress; a second one cancels them.",
        "See also: help tuning, resuming, locks, queue.",
      ]
    case .verify:
      [
        "Compares every copied chunk with the source, by row count and a checksum over all columns. "
          + "Chunks that differ are named, with the columns that differ. They stay unverified, so that the next "
          + "verify compares them again.",
        "The first Ctrl-C finishes the chunks in progress; a second one cancels them.",
        "See also: help verification.",
      ]
    case .refreshCaggs:
      [
        "Refreshes the continuous aggregates of the target, from the end of their staged range to where the "
          + "source's aggregates are refreshed. Run it after copy, before the refresh policies are turned on.",
        "Buckets for which the target has no raw rows stay as they are, and are named. Each aggregate is refreshed in "
          + "parts that are committed one by one; after a stop, the next refresh-caggs continues with what is left.",
        "If no host reaches both databases, do it in two steps: --watermarks-to on the source's side, and "
          + "--watermarks-from on the target's.",
        "See also: help aggregates.",
      ]
    case .jobsOff:
      [
        "Turns off all jobs of the target, policies and user-defined ones, so that they neither drop nor compress nor "
          + "refresh what is being copied. What they were is recorded on the target (__backfill.job). Jobs that are off "
          + "already are left alone, and so are TimescaleDB's own. Run it before stage; it needs no queue. It can be run "
          + "again, and then adds jobs that are new.",
        "A job that is running is ended by TimescaleDB when it is turned off.",
        "See also: help jobs, privileges.",
      ]
    case .jobsOn:
      [
        "Turns on the jobs that jobs off has turned off, with the schedules they had, and no others. Run it after verify "
          + "and refresh-caggs. It refuses to run while chunks are left to copy.",
        "Jobs are found by number or, if the schema was created anew, by procedure, hypertable and configuration. One "
          + "that cannot be found is named and stays recorded. With nothing recorded there is nothing to do, which is a "
          + "success, so that it can be run again.",
        "See also: help jobs, aggregates.",
      ]
    case .jobsList:
      [
        "Shows the jobs of the target, policies and user-defined ones: number, procedure, schedule, whether each is on "
          + "or off, whether jobs off has turned it off, its last and its next run. It only reads.",
        "See also: help jobs.",
      ]
    case .status:
      [
        "Shows how far the queue on the target is, which runs work on it, how fast it goes and how long the rest takes, "
          + "what failed or differs, what is stuck, and what to do next. It only reads, and only from the target, so it "
          + "can be run at any time, from any host.",
        "See also: help monitoring, json, queue.",
      ]
    case .report:
      [
        "Writes the whole migration as one HTML page, from what the queue on the target has recorded: chunks on their "
          + "time axis, throughput, slowest chunks, failures and differences with what became of them, and all commands. "
          + "The page needs nothing else, no network either. It only reads, and only from the target. Run it at any "
          + "time between stage and clean.",
        "See also: help reporting, queue.",
      ]
    case .exporting:
      [
        "Writes a file for each chunk of the source to a directory, for a target that this host cannot reach: COPY data, "
          + "compressed with zstd, and beside each file its description. All are read in one snapshot. Selection and time "
          + "are those of stage.",
        "Compressed chunks are written as they are, for a target with the same version of TimescaleDB; with --rows as "
          + "rows, for any.",
        "After a stop or a full disk, run it again with the same options: what is finished stays. Several can write to one "
          + "directory at once.",
        "See also: help archives.",
      ]
    case .importing:
      [
        "Puts the files of an export into the target, each with its mark in the queue in one transaction, as copy does. "
          + "The target needs the same hypertables; missing chunks are created. A file that is damaged or is not the one "
          + "that was exported fails, and nothing of it stays.",
        "After a stop or a failure, run it again. Several can run at once, on hosts that see the directory. Then "
          + "verify --input compares, refresh-caggs --watermarks-from refreshes, and clean removes the queue.",
        "See also: help archives.",
      ]
    case .clean:
      [
        "Removes the queue, the schema __backfill, from the target. Copied data stays. Indexes of partly copied "
          + "chunks are rebuilt first. Run it when copy and verify are done; what has not been copied by then must "
          + "be staged again. The record of jobs that are still turned off stays, for jobs on."
      ]
    case .migrate:
      [
        "Leads through a whole migration: check, schema, writing to both databases, the completion point, stage, copy, "
          + "verify, refresh-caggs, jobs on, clean. Each step is one of these commands. It is shown as one would type it, "
          + "and run when the question is answered with y or Enter.",
        "It can be left at any question, by Ctrl-C, or by a failure, and goes on from there when it is run again: what is "
          + "done is seen on the target, or recorded there (__backfill.migration).",
        "See also: help migrating, transfer, staging.",
      ]
    case .load:
      [
        "Loads files of CSV, or of COPY's text format, into a hypertable or an ordinary table of the target, in batches "
          + "of whole records, several at once. Files may be compressed with gzip or zstd; - is standard input. Values "
          + "mean what they mean to the server; times without a zone are read as UTC.",
        "Each batch commits together with a mark of what is loaded (schema __backfill). After a stop, a lost connection or "
          + "kill -9, the same command goes on, and loads no record twice and leaves none out; a file that has changed "
          + "meanwhile is refused. Standard input cannot be read again.",
        "See also: help loading, resuming, triggers.",
      ]
    case .help: []
    }
  }

  static func example(_ subcommand: Subcommand) -> [String] {
    let exports = [
      "export BACKFILL_SOURCE='postgresql://me@old.example.com/metrics'",
      "export BACKFILL_TARGET='postgresql://me@new.example.com/metrics'",
    ]
    switch subcommand {
    case .check: return exports + ["\(Version.program) check --parallelism 16"]
    case .schema:
      return [
        "export BACKFILL_SOURCE='postgresql://postgres@old.example.com/metrics'",
        "export BACKFILL_TARGET='postgresql://postgres@new.example.com/metrics'",
        "\(Version.program) schema",
      ]
    case .stage:
      return exports + [
        "\(Version.program) stage --until '2024-06-01T00:00:00Z' \\", "  --filter '^public\\.conditions'",
      ]
    case .copy: return exports + ["\(Version.program) copy --parallelism 16"]
    case .verify: return exports + ["\(Version.program) verify --parallelism 4"]
    case .refreshCaggs: return exports + ["\(Version.program) refresh-caggs"]
    case .jobsOff: return exports.suffix(1) + ["\(Version.program) jobs off"]
    case .jobsOn: return exports.suffix(1) + ["\(Version.program) jobs on --stagger 30m"]
    case .jobsList: return exports.suffix(1) + ["\(Version.program) jobs list"]
    case .status: return exports.suffix(1) + ["\(Version.program) status --watch"]
    case .report: return exports.suffix(1) + ["\(Version.program) report --output migration.html"]
    case .exporting:
      return exports.prefix(1) + [
        "\(Version.program) export --until '2024-06-01T00:00:00Z' \\", "  --output /mnt/disk/metrics",
      ]
    case .importing:
      return exports.suffix(1) + ["\(Version.program) import --input /mnt/disk/metrics"]
    case .clean: return exports.suffix(1) + ["\(Version.program) clean"]
    case .migrate:
      return [
        "export BACKFILL_SOURCE='postgresql://postgres@old.example.com/metrics'",
        "export BACKFILL_TARGET='postgresql://postgres@new.example.com/metrics'",
        "\(Version.program) migrate --parallelism 16",
      ]
    case .load:
      return exports.suffix(1) + [
        "\(Version.program) load --table public.readings --header \\",
        "  --until '2024-06-01T00:00:00Z' readings-*.csv.gz",
      ]
    case .help: return []
    }
  }
}
