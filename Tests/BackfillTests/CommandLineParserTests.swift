import BackfillCommands
import Loading
import Postgres
import TestConnections
import Testing

@testable import backfill

/// What an invocation comes to, as one line.
func told(_ invocation: Invocation) -> String {
  func ends(_ endpoints: Endpoints) -> String { "\(endpoints.source) -> \(endpoints.target)" }
  func chosen(_ selection: Selection) -> String {
    let flags = (selection.cascadeUp ? " up" : "") + (selection.cascadeDown ? " down" : "")
    return "filter=\(selection.filter ?? "nil")" + flags
  }
  switch invocation {
  case .watch(let status, let pause): return "watch \(status.target) every \(pause)"
  case .migrate(let request): return "migrate \(ends(request.endpoints))"
  case .help(.overview): return "help main"
  case .help(.topics): return "help topics"
  case .help(.subcommand(let subcommand)): return "help \(subcommand.name)"
  case .help(.page(let page)): return "help page \(page.topic)"
  case .help(.man): return "help man"
  case .help(.completions(let shell)): return "help completions \(shell)"
  case .version(let detailed): return "version" + (detailed ? " in detail" : "")
  case .run(.status(let status)): return "status \(status.target)"
  case .run(.report(let command)): return "report \(command.report.target) to \(command.file.path)"
  case .run(.jobs(.off(let off))): return "jobs off \(off.target)"
  case .run(.jobs(.list(let list))): return "jobs list \(list.target)"
  case .run(.jobs(.on(let on))):
    return "jobs on \(on.target)" + (on.stagger.map { " over \($0)" } ?? "") + (on.isForced ? " forced" : "")
  case .run(.load(let load)):
    let options = load.options
    let workers = if case .fixed(let number) = options.parallelism { "\(number)" } else { "auto" }
    let format = options.format
    return
      "load \(options.files.map(\.path).joined(separator: " ")) -> \(load.target) \(options.table) p=\(workers) "
      + "\(format.kind) \(format.delimiter) \(format.quote) \(format.escape) \(format.null ?? "nil") "
      + "columns=\(options.columns?.joined(separator: "|") ?? "nil") \(options.errors) \(options.conflicts) \(options.batchSize)"
  case .run(.clean(let clean)): return "clean \(clean.target)"
  case .run(.export(let export)):
    return
      "export \(export.source) to \(export.directory) until=\(export.until.general) from=\(export.from ?? "nil") "
      + "\(chosen(export.selection)) p=\(export.workers) level=\(export.level)\(export.asRows ? " rows" : "")"
  case .run(.importArchive(let command)):
    return "import \(command.request.directory) -> \(command.request.target) "
      + "p=\(workers(command.request.options))" + asked(command.request.options)
  case .run(.verifyArchive(let verify)):
    return "verify \(verify.request.directory) -> \(verify.request.target) "
      + "p=\(workers(verify.request.options))" + asked(verify.request.options)
  case .run(.copy(let copy)):
    return "copy \(ends(copy.request.endpoints)) p=\(workers(copy.request.options))"
      + asked(copy.request.options)
  case .run(.verify(let verify)):
    return "verify \(ends(verify.request.endpoints)) p=\(workers(verify.request.options))"
      + asked(verify.request.options)
  case .run(.refreshCaggs(.refresh(let refresh))):
    guard case .source(let source) = refresh.origin else { return "refresh-caggs from a file's text" }
    return "refresh-caggs \(source) -> \(refresh.target) \(chosen(refresh.selection))"
  case .run(.refreshCaggs(.write(let watermarks, let file))):
    return "refresh-caggs \(watermarks.source) -> file \(file.path) \(chosen(watermarks.selection))"
  case .run(.refreshCaggs(.read(let path, let target, let selection, let isForced, _))):
    return "refresh-caggs file \(path) -> \(target) \(chosen(selection))" + (isForced ? " forced" : "")
  case .run(.schema(let schema)):
    let options = schema.options
    let flags = [
      (options.isManaged, "managed"), (options.skipsRoles, "no-roles"), (options.skipsRows, "no-tables"),
    ].filter(\.0).map(\.1)
    return "schema \(ends(schema.endpoints)) in \(options.programs.directory ?? options.programs.path) "
      + flags.joined(separator: " ")
  case .run(.check(let check)):
    let workers = if case .fixed(let number) = check.parallelism { "\(number)" } else { "auto" }
    let window = "until=\(check.until?.general ?? "nil") from=\(check.from ?? "nil")"
    return "check \(ends(check.endpoints)) \(window) "
      + "\(chosen(check.selection)) p=\(workers)"
  case .run(.stage(let stage)):
    return "stage \(ends(stage.endpoints)) until=\(stage.until.general) from=\(stage.from ?? "nil") "
      + "\(chosen(stage.selection)) snapshot=\(stage.snapshot ?? "nil")"
  }
}

private let both = ["BACKFILL_SOURCE": "host=s", "BACKFILL_TARGET": "host=t"]
private let ends = ["--source", "host=s", "--target=host=t"]

@Suite("A command line is understood")
struct CommandLineParserTests {
  typealias Words = Case<[String], String>

  static let withEnvironment: [Words] = [
    Words("bare copy", ["copy"], "copy host=s -> host=t p=8"),
    Words("schema", ["schema"], "schema host=s -> host=t in /usr/bin:/bin "),
    Words(
      "schema with all it takes",
      ["schema", "--managed", "--no-roles", "--no-tables", "--pg-bin", "/opt/pg/bin"],
      "schema host=s -> host=t in /opt/pg/bin managed no-roles no-tables"),
    Words(
      "export",
      ["export", "-o", "/d", "--until=5", "-F=3", "-f", "x", "-U", "-p2", "--compress", "19", "--rows"],
      "export host=s to /d until=5 from=3 filter=x up p=2 level=19 rows"),
    Words(
      "export with what it takes by default", ["export", "--output=/d", "-u5"],
      "export host=s to /d until=5 from=nil filter=nil p=8 level=3"),
    Words("import", ["import", "-i", "/d"], "import /d -> host=t p=8"),
    Words("verify by an archive", ["verify", "--input=/d", "-p3"], "verify /d -> host=t p=3"),
    Words("-p N", ["copy", "-p", "4"], "copy host=s -> host=t p=4"),
    Words("-pN", ["copy", "-p4"], "copy host=s -> host=t p=4"),
    Words("-p=N", ["copy", "-p=4"], "copy host=s -> host=t p=4"),
    Words("--parallelism N", ["copy", "--parallelism", "4"], "copy host=s -> host=t p=4"),
    Words("--parallelism=N", ["verify", "--parallelism=255"], "verify host=s -> host=t p=255"),
    Words("automatic parallelism", ["copy", "-p", "auto"], "copy host=s -> host=t p=auto"),
    Words("least parallelism", ["copy", "-p1"], "copy host=s -> host=t p=1"),
    Words("options before the subcommand", ["-p", "2", "copy"], "copy host=s -> host=t p=2"),
    Words("telemetry", ["--disable-telemetry", "copy"], "copy host=s -> host=t p=8"),
    Words("telemetry behind", ["copy", "--disable-telemetry"], "copy host=s -> host=t p=8"),
    Words("-- at the end", ["copy", "--"], "copy host=s -> host=t p=8"),
    Words("-- before the subcommand", ["-p2", "--", "copy"], "copy host=s -> host=t p=2"),
    Words("a check", ["check"], "check host=s -> host=t until=nil from=nil filter=nil p=8"),
    Words(
      "a check of a window", ["check", "-u", "5", "-F1", "-f", "a", "-U", "-pauto"],
      "check host=s -> host=t until=5 from=1 filter=a up p=auto"),
    Words("a report", ["report", "-o", "a.html"], "report host=t to a.html"),
    Words("a report for a pipe", ["report", "--output=-"], "report host=t to -"),
    Words("counting", ["verify", "--count"], "verify host=s -> host=t p=8 count"),
    Words("estimating", ["verify", "--estimate"], "verify host=s -> host=t p=8 estimate"),
    Words("a sample", ["verify", "--sample", "2.5%"], "verify host=s -> host=t p=8 sample(percent: 2.5)"),
    Words("verifying again", ["verify", "--again"], "verify host=s -> host=t p=8 again"),
    Words(
      "counting what matches again", ["verify", "--again", "--count", "-f", "x"],
      "verify host=s -> host=t p=8 count again filter=x"),
    Words("verifying what matches", ["verify", "--filter=x"], "verify host=s -> host=t p=8 filter=x"),
    Words(
      "copying again what differs", ["copy", "--again", "--differing"],
      "copy host=s -> host=t p=8 again differing"),
    Words(
      "copying again what matches", ["copy", "--filter", "x", "--again"],
      "copy host=s -> host=t p=8 again filter=x"),
    Words("clean", ["clean"], "clean host=t"),
    Words("a subcommand of two words", ["jobs", "off"], "jobs off host=t"),
    Words("one with an option between", ["jobs", "--json", "list"], "jobs list host=t"),
    Words(
      "one with its options", ["jobs", "on", "--stagger", "15m", "--force"],
      "jobs on host=t over \(Duration.seconds(900)) forced"),
    Words("-- before one", ["--", "jobs", "on"], "jobs on host=t"),
    Words("status", ["status"], "status host=t"),
    Words("status as a document", ["status", "--json"], "status host=t"),
    Words("--watch", ["status", "--watch"], "watch host=t every 2.0 seconds"),
    Words("--watch and the next word", ["--watch", "status"], "watch host=t every 2.0 seconds"),
    Words("--watch=SECONDS", ["status", "--watch=0.5"], "watch host=t every 0.5 seconds"),
    Words("refresh", ["refresh-caggs"], "refresh-caggs host=s -> host=t filter=nil"),
    Words(
      "the first step of a refresh", ["refresh-caggs", "--watermarks-to", "w.json", "-fx"],
      "refresh-caggs host=s -> file w.json filter=x"),
    Words(
      "the second step", ["refresh-caggs", "--watermarks-from=w.json", "--force"],
      "refresh-caggs file w.json -> host=t filter=nil forced"),
    Words(
      "joined flags", ["refresh-caggs", "-UD"], "refresh-caggs host=s -> host=t filter=nil up down"),
    Words(
      "joined flags with a value behind", ["refresh-caggs", "-UDfx"],
      "refresh-caggs host=s -> host=t filter=x up down"),
    Words(
      "joined flags with the next word", ["refresh-caggs", "-Df", "x"],
      "refresh-caggs host=s -> host=t filter=x down"),
    Words(
      "joined flags with =", ["refresh-caggs", "-Uf=x"],
      "refresh-caggs host=s -> host=t filter=x up"),
  ]

  @Test("with both databases in the environment", arguments: withEnvironment)
  func environment(words: Words) throws {
    #expect(told(try CommandLineParser.parse(words.input, environment: both)) == words.expected)
  }

  static let untils: [Words] = [
    Words("next word", ["--until", "5"], "5"),
    Words("negative, next word", ["--until", "-5"], "-5"),
    Words("negative, short", ["-u", "-5"], "-5"),
    Words("negative, attached", ["-u-5"], "-5"),
    Words("negative, with =", ["-u=-5"], "-5"),
    Words("negative, long with =", ["--until=-5"], "-5"),
    Words("a fraction", ["-u", "-.5"], "-.5"),
    Words("minus infinity", ["-u", "-Infinity"], "-Infinity"),
    Words("a dash", ["-u", "-"], "-"),
    Words("a dash and a letter, with =", ["--until=-x"], "-x"),
    Words("only the first =", ["-u==5"], "=5"),
    Words("an inner =", ["--until=a=b"], "a=b"),
    Words("spaces", ["--until", "2024-01-01 00:00+00"], "2024-01-01 00:00+00"),
    Words("a combining mark behind =", ["--until=\u{301}5"], "\u{301}5"),
  ]

  @Test("the values of --until", arguments: untils)
  func until(words: Words) throws {
    guard
      case .run(.stage(let stage)) = try CommandLineParser.parse(["stage"] + words.input, environment: both)
    else {
      Issue.record("not a stage")
      return
    }
    #expect(stage.until == CompletionPoint(words.expected))
  }

  @Test("the values of several --until") func untilsOfSeveral() throws {
    let words = ["-u", "public.a=b=5", "--until", "2024-01-01", "--until=public.\"x.y\"=2024-02-01 00:00"]
    guard case .run(.stage(let stage)) = try CommandLineParser.parse(["stage"] + words, environment: both)
    else {
      Issue.record("not a stage")
      return
    }
    #expect(
      stage.until
        == CompletionPoint(
          "2024-01-01",
          exceptions: [
            .init(relation: "public.a=b", until: "5"),
            .init(relation: "public.\"x.y\"", until: "2024-02-01 00:00"),
          ]))
    #expect(
      stage.identity.options
        == "--until=public.a=b=5 --until=2024-01-01 --until='public.\"x.y\"=2024-02-01 00:00'")
  }

  @Test("a dry run, and what is excluded") func dryRun() throws {
    guard
      case .run(.stage(let stage)) = try CommandLineParser.parse(
        ["stage", "-u5", "--dry-run", "--exclude", "old"], environment: both)
    else {
      Issue.record("not a stage")
      return
    }
    #expect(stage.isDryRun)
    #expect(stage.selection.exclude == "old")
    #expect(stage.selection.filter == nil)
  }

  @Test("stage with everything, without an environment")
  func stage() throws {
    let words =
      ["stage", "-u", "9", "-F", "-3", "-f", "^a=b", "--cascade-up", "--cascade-down", "-s", "0003-1"] + ends
    #expect(
      told(try CommandLineParser.parse(words))
        == "stage host=s -> host=t until=9 from=-3 filter=^a=b up down snapshot=0003-1")
  }

  @Test("each step of a refresh needs one database only") func steps() throws {
    let first = ["refresh-caggs", "--watermarks-to=w", "--source", "host=s"]
    #expect(told(try CommandLineParser.parse(first)) == "refresh-caggs host=s -> file w filter=nil")
    let second = ["refresh-caggs", "--watermarks-from=w", "--target", "host=t"]
    #expect(told(try CommandLineParser.parse(second)) == "refresh-caggs file w -> host=t filter=nil")
    #expect(
      usageError(["refresh-caggs", "--watermarks-to=w"], [:])
        == .missingOptions([.source], subcommand: .refreshCaggs))
    #expect(
      usageError(["refresh-caggs", "--watermarks-from=w"], [:])
        == .missingOptions([.target], subcommand: .refreshCaggs))
  }

  @Test("the command line outweighs the environment")
  func precedence() throws {
    let words = ["copy", "--source=host=mine"]
    #expect(
      told(try CommandLineParser.parse(words, environment: both)) == "copy host=mine -> host=t p=8")
  }

  static let answers: [Words] = [
    Words("-h", ["-h"], "help main"),
    Words("--help", ["--help"], "help main"),
    Words("help", ["help"], "help main"),
    Words("help help", ["help", "help"], "help help"),
    Words("help copy", ["help", "copy"], "help copy"),
    Words("copy --help, nothing else given", ["copy", "--help"], "help copy"),
    Words("--help copy", ["--help", "copy"], "help copy"),
    Words("help before a mistake", ["copy", "-h", "--bogus"], "help copy"),
    Words("help copy --help", ["help", "copy", "--help"], "help copy"),
    Words("help topics", ["help", "topics"], "help topics"),
    Words("help on a topic", ["help", "locks"], "help page locks"),
    Words("help on a topic of two words", ["help", "exit-codes"], "help page exit-codes"),
    Words("--help on a topic", ["--help", "queue"], "help page queue"),
    Words("help on a topic --help", ["help", "queue", "-h"], "help page queue"),
    Words("help on two words", ["help", "jobs", "on"], "help jobs on"),
    Words("help on the first of two", ["help", "jobs"], "help page jobs"),
    Words("two words --help", ["jobs", "off", "--help"], "help jobs off"),
    Words("the first of two --help", ["jobs", "--help"], "help page jobs"),
    Words("--help in two words", ["jobs", "-h", "list"], "help jobs list"),
    Words("--help two words", ["--help", "jobs", "list"], "help jobs list"),
    Words("--help on what is nothing", ["--help", "weather"], "help main"),
    Words("-V", ["-V"], "version"),
    Words("--version", ["--version"], "version"),
    Words("stage -V", ["stage", "-V"], "version"),
    Words("-V in a group", ["stage", "-UV"], "version"),
    Words("-V and --verbose", ["-V", "--verbose"], "version in detail"),
    Words("--verbose and -V", ["copy", "--verbose", "-V"], "version in detail"),
    Words("help --man", ["help", "--man"], "help man"),
    Words("help --completions", ["help", "--completions", "zsh"], "help completions zsh"),
    Words("help --completions=", ["--completions=fish", "help"], "help completions fish"),
  ]

  @Test("help and version", arguments: answers)
  func answer(words: Words) throws {
    #expect(told(try CommandLineParser.parse(words.input)) == words.expected)
  }
}

private func asked(_ options: WorkOptions) -> String {
  let selection = options.selection
  return (options.thoroughness == .full ? "" : " \(options.thoroughness)")
    + (selection.again ? " again" : "") + (selection.onlyDiffering ? " differing" : "")
    + (selection.filter.map { " filter=\($0)" } ?? "")
}

private func workers(_ options: WorkOptions) -> String {
  switch options.parallelism {
  case .fixed(let number): "\(number)"
  case .automatic: "auto"
  }
}
