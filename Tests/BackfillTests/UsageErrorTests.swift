import Postgres
import TestConnections
import Testing

@testable import backfill

private let both = ["BACKFILL_SOURCE": "host=s", "BACKFILL_TARGET": "host=t"]

/// The error of a command line that can't be followed.
func usageError(_ words: [String], _ environment: [String: String] = both) -> UsageError? {
  do throws(UsageError) {
    _ = try CommandLineParser.parse(words, environment: environment)
    return nil
  } catch {
    return error
  }
}

private let workers = "a whole number from 1 to 255, or \"auto\""

@Suite("A command line is refused")
struct UsageErrorTests {
  typealias Words = Case<[String], UsageError>

  static let refused: [Words] = [
    Words("nothing", [], .noSubcommand),
    Words("only options", ["-p", "3"], .noSubcommand),
    Words("a slip", ["stgae"], .unknownSubcommand(.shown("stgae"), suggestion: "stage")),
    Words("a beginning", ["ref"], .unknownSubcommand(.shown("ref"), suggestion: "refresh-caggs")),
    Words("nonsense", ["frobnicate"], .unknownSubcommand(.shown("frobnicate"), suggestion: nil)),
    Words("the first of two words", ["jobs", "--json"], .missingAction(group: "jobs")),
    Words("nearly it", ["job", "off"], .unknownSubcommand(.shown("job"), suggestion: "jobs")),
    Words(
      "a slip in the second", ["jobs", "lst"],
      .unknownAction(.shown("lst"), group: "jobs", suggestion: "jobs list")),
    Words(
      "nonsense in the second", ["jobs", "fly"], .unknownAction(.shown("fly"), group: "jobs", suggestion: nil)
    ),
    Words("three", ["jobs", "on", "all"], .unexpectedArgument(.shown("all"), subcommand: .jobsOn)),
    Words(
      "an option of another of them", ["jobs", "off", "--force"],
      .misplacedOption(.force, subcommand: .jobsOff)),
    Words(
      "help on what isn't one of them", ["help", "jobs", "onn"],
      .unknownAction(.shown("onn"), group: "jobs", suggestion: "jobs on")),
    Words("an empty subcommand", [""], .unknownSubcommand(.shown(""), suggestion: nil)),
    Words(
      "help on a mistyped topic", ["help", "privilges"],
      .unknownTopic(.shown("privilges"), suggestion: "privileges")),
    Words(
      "help on a topic's beginning", ["help", "lock"], .unknownTopic(.shown("lock"), suggestion: "locks")),
    Words(
      "help on what there is no help for", ["help", "weather"],
      .unknownTopic(.shown("weather"), suggestion: nil)),
    Words("help on nonsense", ["help", "cpy"], .unknownTopic(.shown("cpy"), suggestion: "copy")),
    Words(
      "a long slip", ["copy", "--paralelism=3"],
      .unknownOption(.shown("--paralelism"), suggestion: "--parallelism")),
    Words("far from all", ["copy", "--zzz"], .unknownOption(.shown("--zzz"), suggestion: nil)),
    Words("wrong case", ["copy", "-P", "3"], .unknownOption(.shown("-P"), suggestion: "-p")),
    Words("one dash too few", ["copy", "-target=x"], .unknownOption(.shown("-t"), suggestion: "--target")),
    Words("unknown in a group", ["stage", "-Ux"], .unknownOption(.shown("-x"), suggestion: nil)),
    Words(
      "three dashes", ["copy", "---source"], .unknownOption(.shown("---source"), suggestion: "--source")),
    Words("another's option", ["copy", "--until", "3"], .misplacedOption(.until, subcommand: .copy)),
    Words("another's option, before", ["-U", "copy"], .misplacedOption(.cascadeUp, subcommand: .copy)),
    Words("clean --source", ["clean", "--source", "x"], .misplacedOption(.source, subcommand: .clean)),
    Words("an option of help", ["help", "-p3"], .misplacedOption(.parallelism, subcommand: .help)),
    Words("two times for all", ["stage", "-u5", "-u6"], .repeated(.until)),
    Words("two times for one", ["stage", "-u5", "-u", "a.b=6", "-u", "a.b=7"], .repeated(.until)),
    Words(
      "no time for all", ["stage", "-u", "a.b=6"],
      .badValue(
        .until, .hidden(position: 3), wanted: "a time for all relations too, beside those for single ones")),
    Words(
      "no time for one", ["stage", "-u5", "-u", "a.b= "],
      .badValue(.until, .hidden(position: 4), wanted: "TIME or schema.relation=TIME")),
    Words(
      "a dry run that writes", ["stage", "-u5", "--dry-run", "--adopt-source"],
      .alternatives(.adoptSource, .dryRun)),
    Words(
      "both steps of a refresh", ["refresh-caggs", "--watermarks-to=a", "--watermarks-from=a"],
      .alternatives(.watermarksTo, .watermarksFrom)),
    Words(
      "forcing what refreshes nothing", ["refresh-caggs", "--force", "--watermarks-to=a"],
      .alternatives(.force, .watermarksTo)),
    Words(
      "watermarks to standard output", ["refresh-caggs", "--watermarks-to", "-"],
      .badValue(.watermarksTo, .shown("-"), wanted: "a file's name")),
    Words("one too many", ["copy", "all"], .unexpectedArgument(.shown("all"), subcommand: .copy)),
    Words("behind --", ["copy", "--", "-p"], .unexpectedArgument(.shown("-p"), subcommand: .copy)),
    Words(
      "an unknown shell", ["help", "--completions", "tcsh"],
      .badValue(.completions, .shown("tcsh"), wanted: "bash, zsh or fish")),
    Words("help in two forms", ["help", "--man", "--completions", "zsh"], .alternatives(.man, .completions)),
    Words(
      "a topic in another form", ["help", "copy", "--man"],
      .unexpectedArgument(.shown("copy"), subcommand: .help)),
    Words("--man without help", ["copy", "--man"], .misplacedOption(.man, subcommand: .copy)),
    Words("help on two", ["help", "copy", "stage"], .unexpectedArgument(.shown("stage"), subcommand: .help)),
    Words(
      "a URI", ["copy", "postgres://u:p@h/d"], .unexpectedArgument(.hidden(position: 2), subcommand: .copy)),
    Words("a keyword", ["password=p"], .unknownSubcommand(.hidden(position: 1), suggestion: nil)),
    Words(
      "a URI split by a space", ["copy", "--source", "postgres://u:my", "secret/d"],
      .unexpectedArgument(.hidden(position: 4), subcommand: .copy)),
    Words("no value at the end", ["stage", "--until"], .missingValue(.until, nextLooksLikeOption: false)),
    Words("no value in a group", ["stage", "-Uu"], .missingValue(.until, nextLooksLikeOption: false)),
    Words(
      "an option instead of a value", ["stage", "-u", "-f", "x"],
      .missingValue(.until, nextLooksLikeOption: true)),
    Words("-- instead of a value", ["stage", "-u", "--"], .missingValue(.until, nextLooksLikeOption: true)),
    Words("an empty value", ["stage", "--until", ""], .emptyValue(.until)),
    Words("an empty value with =", ["stage", "--filter="], .emptyValue(.filter)),
    Words("an empty short value", ["copy", "-p="], .emptyValue(.parallelism)),
    Words("an empty source", ["copy", "--source", " "], .emptyValue(.source)),
    Words("a flag with a value", ["stage", "--cascade-up=yes"], .valueForFlag(.cascadeUp)),
    Words("a short flag with a value", ["stage", "-U=yes"], .valueForFlag(.cascadeUp)),
    Words("--help with a value", ["--help=copy"], .valueForFlag(.help)),
    Words("twice", ["copy", "-p", "3", "--parallelism=3"], .repeated(.parallelism)),
    Words("a flag twice", ["stage", "-UU"], .repeated(.cascadeUp)),
    Words(
      "a rate that is none", ["copy", "--max-rate=fast"],
      .badValue(.maxRate, .shown("fast"), wanted: "a size per second with its unit, such as 50MB")),
    Words(
      "a rate without its unit", ["copy", "--max-rate", "50"],
      .badValue(.maxRate, .shown("50"), wanted: "a size per second with its unit, such as 50MB")),
    Words(
      "a negative rate", ["copy", "--max-rate=-5MB"],
      .badValue(.maxRate, .shown("-5MB"), wanted: "a size per second with its unit, such as 50MB")),
    Words(
      "a size that is none", ["stage", "--until=5", "--split-size", "large"],
      .badValue(.splitSize, .shown("large"), wanted: "a size such as 500MB, or 0")),
    Words(
      "a budget that is none", ["verify", "--retry-budget", "ever"],
      .badValue(.retryBudget, .shown("ever"), wanted: "a time such as 90s, 15m or 2h")),
    Words("parallelism 0", ["copy", "-p0"], .badValue(.parallelism, .shown("0"), wanted: workers)),
    Words("parallelism 256", ["copy", "-p256"], .badValue(.parallelism, .shown("256"), wanted: workers)),
    Words("parallelism -1", ["copy", "-p", "-1"], .badValue(.parallelism, .shown("-1"), wanted: workers)),
    Words("parallelism +8", ["copy", "-p", "+8"], .badValue(.parallelism, .shown("+8"), wanted: workers)),
    Words(
      "parallelism many", ["copy", "-p", "many"], .badValue(.parallelism, .shown("many"), wanted: workers)),
    Words(
      "huge parallelism", ["copy", "-p99999999999999999999"],
      .badValue(.parallelism, .shown("99999999999999999999"), wanted: workers)),
    Words(
      "a URI as parallelism", ["copy", "-p", "postgres://u:p@h"],
      .badValue(.parallelism, .hidden(position: 3), wanted: workers)
    ),
    Words(
      "two ways to verify", ["verify", "--sample=10%", "--count"], .alternatives(.sample, .count)),
    Words(
      "again, and nothing said of what", ["copy", "--again"],
      .alone(.again, others: [.differing, .filter], subcommand: .copy)),
    Words(
      "a filter of copy alone", ["copy", "--filter", "x"],
      .alone(.filter, others: [.again], subcommand: .copy)),
    Words(
      "differing alone", ["verify", "--differing"],
      .alone(.differing, others: [.again], subcommand: .verify)),
    Words(
      "a sample that is none", ["verify", "--sample", "some"],
      .badValue(.sample, .shown("some"), wanted: "a part in percent, more than 0 and at most 100")),
    Words("no until", ["stage"], .missingOptions([.until], subcommand: .stage)),
  ]

  @Test("for what is wrong with it", arguments: refused)
  func refusal(words: Words) { #expect(usageError(words.input) == words.expected) }

  @Test("when databases are missing, all at once, and empty variables count for nothing")
  func missing() {
    #expect(usageError(["copy"], [:]) == .missingOptions([.source, .target], subcommand: .copy))
    #expect(
      usageError(["stage"], ["BACKFILL_SOURCE": " "])
        == .missingOptions([.source, .target, .until], subcommand: .stage))
    #expect(usageError(["clean"], [:]) == .missingOptions([.target], subcommand: .clean))
  }

  @Test("when libpq can't read a connection string, which is not shown")
  func malformed() {
    let given = usageError(["copy", "--source", "hunter2 x"])
    #expect(given?.message.hasPrefix("the value of --source is not a connection string") == true)
    #expect(given?.message.contains("hunter2") == false)
    let variable = usageError(["copy"], ["BACKFILL_SOURCE": "hunter2 x", "BACKFILL_TARGET": "host=t"])
    #expect(variable?.message.hasPrefix("the environment variable BACKFILL_SOURCE") == true)
    // libpq quotes with double quotes; a piece that has some itself must not slip out between them.
    let quoted = usageError(["copy", "--source", "pass\"hunter2\"word"])
    #expect(quoted != nil)
    #expect(quoted?.message.contains("hunter2") == false)
  }

  typealias Wording = Case<UsageError, [String?]>

  static let wordings: [Wording] = [
    Wording(
      "an unreadable connection string",
      .malformedConnection(.source, fromEnvironment: false, reason: .openQuote),
      [
        "the value of --source is not a connection string that libpq can read: a quoted value has no closing quote",
        "write postgresql://user@host:port/database or 'host=... dbname=...'; in a URI, characters of a password that "
          + "are not letters or digits are written as %XX",
      ]),
    Wording(
      "an @ in a password", .malformedConnection(.target, fromEnvironment: true, reason: .strayAt),
      [
        "the environment variable BACKFILL_TARGET is not a connection string that libpq can read: it has an \"@\" too "
          + "many; write an @ inside a user name, password or database name as %40",
        "write postgresql://user@host:port/database or 'host=... dbname=...'; in a URI, characters of a password that "
          + "are not letters or digits are written as %XX",
      ]),
    Wording(
      "a slip", .unknownOption(.shown("--sorce"), suggestion: "--source"),
      ["unknown option: \"--sorce\"", "did you mean --source?"]),
    Wording(
      "control characters", .unknownSubcommand(.shown("\u{1B}[2J"), suggestion: nil),
      [
        "unknown subcommand: \"\\u{1b}[2J\"",
        "the subcommands are check, schema, stage, copy, verify, refresh-caggs, jobs off, jobs on, jobs list, status, report, export, import, clean, migrate, load and help",
      ]),
    Wording(
      "misplaced", .misplacedOption(.until, subcommand: .copy),
      ["copy has no option --until", "it is an option of check, stage, export, migrate and load"]),
    Wording(
      "missing", .missingOptions([.source, .target, .until], subcommand: .stage),
      [
        "stage needs --source, --target and --until",
        "connection strings may also come from the environment: BACKFILL_SOURCE and BACKFILL_TARGET",
      ]),
    Wording(
      "alternatives", .alternatives(.count, .estimate), ["--count and --estimate exclude each other", nil]),
    Wording(
      "again alone", .alone(.again, others: [.differing, .filter], subcommand: .copy),
      [
        "copy takes --again only with --differing or --filter",
        "--differing copies those chunks again in which verify found a difference, --filter REGEX those of hypertables "
          + "and continuous aggregates",
      ]),
    Wording(
      "a filter alone", .alone(.filter, others: [.again], subcommand: .copy),
      ["copy takes --filter only with --again", "stage decides what is copied"]),
    Wording(
      "differing alone", .alone(.differing, others: [.again], subcommand: .verify),
      ["verify takes --differing only with --again", nil]),
    Wording("missing until", .missingOptions([.until], subcommand: .stage), ["stage needs --until", nil]),
    Wording(
      "hidden", .badValue(.parallelism, .hidden(position: 3), wanted: workers),
      [
        "--parallelism takes a whole number from 1 to 255, or \"auto\", got: argument 3 (not shown, as it may "
          + "hold a password)", nil,
      ]),
  ]

  @Test("in these words", arguments: wordings)
  func wording(wording: Wording) {
    #expect([wording.input.message, wording.input.hint] == wording.expected)
  }
}
