extension HelpPage {
  /// What one sees first: what the program is for, and the way through a migration.
  static let main = HelpPage(
    usage: "\(Version.program) <subcommand> [options]",
    purpose: [
      "Copies the history of TimescaleDB hypertables and continuous aggregates from a source database to a "
        + "target database that already takes the live writes. It can be stopped at any time and resumes where "
        + "it stopped. Also installed as: backfill"
    ],
    sections: [
      Section(title: "Subcommands", lines: table(Subcommand.allCases.map { ($0.name, summary($0)) })),
      Section(title: "A migration, step by step", lines: procedure),
      Section(title: "Connections", lines: connections([.source, .target])),
      exitCodes,
      Section(
        title: "Every subcommand",
        lines: [
          "--json and --json-progress for programs (help json); --disable-telemetry;",
          "-h/--help, -V/--version; --name VALUE or --name=VALUE",
        ]),
      Section(title: "Manual", lines: manual),
    ])

  static func summary(_ subcommand: Subcommand) -> String {
    switch subcommand {
    case .check: "Tell what stands in the way of a migration."
    case .schema: "Bring roles, schema and ordinary tables to the target, jobs off."
    case .stage: "List the chunks to copy, in a queue on the target."
    case .copy: "Copy the chunks in the queue."
    case .verify: "Compare what was copied with the source."
    case .refreshCaggs: "Bring the target's continuous aggregates up to date."
    case .jobsOff: "Turn the target's jobs (policies) off until the end."
    case .jobsOn: "Turn those jobs on again, as they were."
    case .jobsList: "Show the target's jobs."
    case .status: "Show how far the queue is, and who works on it."
    case .report: "Write the whole migration as a web page."
    case .exporting: "Write chunks to files, without a target."
    case .importing: "Put such files into the target, without a source."
    case .clean: "Remove the queue from the target."
    case .migrate: "Do all of this, step by step, asking before each."
    case .load: "Load files of CSV or text into a table of the target."
    case .help: "Show help: help [SUBCOMMAND|TOPIC|topics]."
    }
  }

  private static let procedure = table([
    ("1.", "\(Version.program) schema"),
    (
      "2.",
      "Write to both databases. Choose a completion point: a time after which the target already has every row."
    ),
    ("3.", "\(Version.program) stage --until '2024-06-01T00:00:00Z'"),
    ("4.", "\(Version.program) copy (again and again, if you like)"),
    ("5.", "\(Version.program) verify"),
    ("6.", "\(Version.program) refresh-caggs"),
    ("7.", "\(Version.program) jobs on"),
    ("8.", "\(Version.program) clean"),
  ])

  private static let manual =
    ["help topics lists the pages of the manual; help --man prints a man page:"]
    + wrapped(ManualPage.all.map(\.topic).joined(separator: ", "), width: width - 2)

  /// Recommended for the passwords' sake: other users of the machine can read command lines.
  static func connections(_ options: [Option]) -> [String] {
    let names = options.map { "--\($0.long)" }.joined(separator: " and ")
    let variables = options.compactMap(\.environmentVariable).joined(separator: " and ")
    return wrapped(
      "Give \(names) any libpq connection string, or set \(variables). Every user of this machine can read a "
        + "command line, so keep passwords out of it: use the environment, or a password file (PGPASSFILE, "
        + "~/.pgpass).",
      width: width - 2)
  }

  static func exitCodes(of subcommand: Subcommand) -> Section {
    Section(title: "Exit codes", lines: table(meanings(ofExitCodesOf: subcommand)))
  }

  private static var exitCodes: Section { Section(title: "Exit codes", lines: table(meaningsOfExitCodes)) }

  typealias Meanings = [(term: String, meaning: String)]

  static func meanings(ofExitCodesOf subcommand: Subcommand) -> Meanings {
    switch subcommand {
    case .check:
      [
        ("0", "nothing stops the migration"), ("1", "something stops it, or could not be checked"),
        ("2", "usage error"), ("130", "stopped by a signal"),
      ]
    case .status:
      [
        ("0", "all is copied and verified, or nothing is staged"),
        ("1", "chunks failed or differ, or the target could not be asked"),
        ("2", "usage error"),
        ("4", "a run is going on"),
        ("5", "work is left, and nobody works on it"),
      ]
    case .jobsOff:
      meanings(
        "all jobs are off", failure: "a job could not be turned off, or is still running (it is named)")
    case .jobsOn:
      meanings(
        "all recorded jobs are on again, or none is recorded",
        failure: "a job could not be turned on or found (it is named), or chunks are not copied")
    case .load:
      [
        ("0", "all is loaded; what was left out, rejected or passed over is counted"),
        ("1", "the load failed, or a record was refused (it is named)"),
        ("2", "usage error: nothing was attempted"),
        ("130", "stopped by a signal before the work was done; run it again to continue"),
      ]
    case .jobsList: meanings("success", failure: "the target could not be asked")
    case .importing:
      [
        ("0", "all files are imported"), ("1", "some are not (each is named), or the run failed"),
        ("2", "usage error: nothing was attempted"),
        ("130", "stopped by a signal before the work was done; run it again to continue"),
      ]
    case .exporting:
      [
        ("0", "all files are written"), ("1", "some are not (each is named), or the run failed"),
        ("2", "usage error: nothing was attempted"),
        ("130", "stopped by a signal before the work was done; run it again to continue"),
      ]
    case .migrate:
      [
        ("0", "all steps are done"), ("1", "a step failed"), ("2", "usage error"),
        ("3", "verify found a difference"),
        ("5", "with --yes: a person has to do or to tell something first (it is named)"),
        ("130", "stopped, or a question was not answered with yes; run it again to continue"),
      ]
    default: meaningsOfExitCodes
    }
  }

  private static func meanings(_ success: String, failure: String) -> Meanings {
    [
      ("0", success), ("1", failure), ("2", "usage error: nothing was attempted"),
      ("130", "stopped by a signal"),
    ]
  }

  /// Of all subcommands but those that have their own.
  static let meaningsOfExitCodes = [
    ("0", "success"),
    ("1", "the run failed, or some chunks failed (each is named)"),
    ("2", "usage error: nothing was attempted"),
    ("3", "verify found a difference"),
    ("130", "stopped by a signal before the work was done; run it again to continue"),
  ]
}
