import BackfillCommands
import Postgres

/// From the words behind the program's name, and the environment, to what is asked for. Never prints, never
/// exits, touches nothing outside.
///
///     timescaledb-backfill copy --source postgresql://... --target postgresql://... -p 16
enum CommandLineParser {
  static func parse(
    _ words: [String], environment: [String: String] = [:]
  ) throws(UsageError) -> Invocation {
    let request: Request
    switch try Request.read(words) {
    case .help(let topic): return .help(topic)
    case .version(let detailed): return .version(detailed: detailed)
    case .run(let read): request = read
    }
    let missing = request.requiredOptions.filter { !request.has($0, environment) }
    guard missing.isEmpty else { throw .missingOptions(missing, subcommand: request.subcommand) }

    if request.subcommand == .help { return .help(.overview) }
    if request.subcommand == .migrate { return .migrate(try MigrateRequest(request, environment)) }
    let command = try command(request, environment)
    if case .status(let status) = command, let pause = try request.pause {
      guard !request.flags.contains(.json) else { throw .watchedDocument }
      return .watch(status, every: pause)
    }
    if command.fillsStandardOutput, request.flags.contains(.json) { throw .reportBesideDocument }
    return .run(command)
  }

  /// The subcommand, even where the rest can't be followed; nil where there is none.
  static func subcommand(in words: [String]) -> Subcommand? {
    var reader = WordReader(words)
    var names = SubcommandReader()
    while true {
      do throws(UsageError) {
        guard let item = try reader.read() else { return nil }
        guard case .positional(let word, let position) = item else { continue }
        let quotation = Quotation(word, position: position, afterSecret: true)
        if let found = try? names.read(word, quotation) { return found }
        guard names.group == word else { return nil }
      } catch {
        continue
      }
    }
  }

  private static func command(
    _ request: Request, _ environment: [String: String]
  ) throws(UsageError) -> Command {
    if request.subcommand == .clean {
      return .clean(
        Clean(
          target: try request.connection(.target, environment), isForced: request.flags.contains(.force)))
    }
    if let jobs = try request.jobs(environment) { return .jobs(jobs) }
    if let archive = try request.archiveCommand(environment) { return archive }
    if request.subcommand == .status {
      return .status(Status(target: try request.connection(.target, environment)))
    }
    if request.subcommand == .report {
      return .report(
        ReportCommand(
          report: Report(target: try request.connection(.target, environment)),
          file: ReportFile(path: request.values[.output] ?? "-")))
    }
    if request.subcommand == .refreshCaggs { return .refreshCaggs(try request.refresh(environment)) }
    if request.subcommand == .load {
      return .load(
        Load(
          target: try request.connection(.target, environment), options: try request.loadOptions(),
          identity: request.identity))
    }
    let endpoints = try request.endpoints(environment)
    switch request.subcommand {
    case .check:
      return .check(
        Check(
          endpoints: endpoints, selection: request.selection,
          until: request.has(.until, environment) ? try request.completionPoint() : nil,
          from: request.values[.from], parallelism: try request.parallelism(),
          measures: request.flags.contains(.measure)))
    case .schema:
      return .schema(MoveSchema(endpoints: endpoints, options: request.schemaOptions(environment)))
    case .copy:
      return .copy(Copy(try request.work(endpoints)))
    case .verify:
      return .verify(Verify(try request.work(endpoints)))
    default:
      return .stage(
        Stage(
          endpoints: endpoints, selection: request.selection, until: try request.completionPoint(),
          from: request.values[.from], snapshot: request.values[.snapshot],
          splitSize: try request.value(.splitSize, wanted: "a size such as 500MB, or 0", OptionValue.size)
            ?? Stage.defaultSplitSize,
          adoptsSource: try request.flag(.adoptSource, excluding: .dryRun),
          allowsShrinking: request.flags.contains(.allowShrinking), isDryRun: request.flags.contains(.dryRun),
          identity: request.identity))
    }
  }
}

extension Request {
  /// What can't be left out, as one of the two steps of a refresh needs one database only.
  fileprivate var requiredOptions: [Option] {
    if values[.watermarksTo] != nil { return [.source] }
    if values[.watermarksFrom] != nil { return [.target] }
    if subcommand == .verify, values[.input] != nil { return [.target] }
    return subcommand.requiredOptions
  }

  fileprivate func refresh(_ environment: [String: String]) throws(UsageError) -> RefreshCommand {
    if let path = values[.watermarksTo] {
      // Standard output has what is told of the run.
      guard path != "-" else {
        throw .badValue(.watermarksTo, .shown(path), wanted: "a file's name")
      }
      let source = try connection(.source, environment)
      return .write(ReadWatermarks(source: source, selection: selection), to: WholeFile(path: path))
    }
    let target = try connection(.target, environment)
    let isForced = flags.contains(.force)
    if let path = values[.watermarksFrom] {
      return .read(from: path, target: target, selection: selection, isForced: isForced, identity)
    }
    return .refresh(
      RefreshCaggs(
        from: .source(try connection(.source, environment)), target: target, selection: selection,
        isForced: isForced, identity: identity))
  }

  /// Whether the option was given, here or in the environment. An empty variable counts as none.
  fileprivate func has(_ option: Option, _ environment: [String: String]) -> Bool {
    values[option] != nil || fallback(option, environment) != nil
  }

  private func fallback(_ option: Option, _ environment: [String: String]) -> String? {
    guard let name = option.environmentVariable, let text = environment[name] else { return nil }
    return text.unicodeScalars.contains { !$0.properties.isWhitespace } ? text : nil
  }

  func endpoints(_ environment: [String: String]) throws(UsageError) -> Endpoints {
    Endpoints(
      source: try connection(.source, environment), target: try connection(.target, environment))
  }

  func connection(
    _ option: Option, _ environment: [String: String]
  ) throws(UsageError) -> ConnectionString {
    let given = values[option]
    let text = given ?? fallback(option, environment) ?? ""
    do throws(ConnectionString.Malformed) {
      return try ConnectionString(text)
    } catch {
      // libpq puts the piece it could not read between double quotes, and ConnectionString leaves those out;
      // with more of them inside the text, it can't know where the piece ends.
      let reason = text.contains("\"") ? nil : error
      throw .malformedConnection(option, fromEnvironment: given == nil, reason: reason)
    }
  }

  /// nil for another subcommand.
  fileprivate func jobs(_ environment: [String: String]) throws(UsageError) -> JobsCommand? {
    switch subcommand {
    case .jobsOff: .off(JobsOff(target: try connection(.target, environment)))
    case .jobsList: .list(JobsList(target: try connection(.target, environment)))
    case .jobsOn:
      .on(
        JobsOn(
          target: try connection(.target, environment),
          stagger: try value(.stagger, wanted: "a time such as 90s, 15m or 2h", OptionValue.duration),
          isForced: flags.contains(.force)))
    default: nil
    }
  }

  /// nil where nothing is to be watched.
  fileprivate var pause: Duration? {
    get throws(UsageError) {
      if flags.contains(.watch) { return OptionValue.pauseByDefault }
      return try value(.watch, wanted: "a number of seconds from 0.1 on, such as 5", OptionValue.pause)
    }
  }

  var selection: Selection {
    Selection(
      filter: values[.filter], exclude: values[.exclude], cascadeUp: flags.contains(.cascadeUp),
      cascadeDown: flags.contains(.cascadeDown))
  }

  fileprivate func work(_ endpoints: Endpoints) throws(UsageError) -> WorkRequest {
    WorkRequest(endpoints: endpoints, options: try workOptions(), identity: identity, words: StoredWords())
  }

  func workOptions() throws(UsageError) -> WorkOptions {
    var options = WorkOptions(
      failsFast: flags.contains(.failFast), disablesTriggers: flags.contains(.disableTriggers),
      keepsIndexes: flags.contains(.keepIndexes), allowsShrinking: flags.contains(.allowShrinking))
    options.parallelism = try parallelism()
    options.selection = TaskSelection(
      again: flags.contains(.again), filter: values[.filter], onlyDiffering: flags.contains(.differing))
    options.thoroughness = try thoroughness()
    options.maxRate = try value(
      .maxRate, wanted: "a size per second with its unit, such as 50MB", OptionValue.rate)
    if let budget = try value(.retryBudget, wanted: "a time such as 90s, 15m or 2h", OptionValue.duration) {
      options.retryBudget = budget
    }
    return options
  }

  func parallelism() throws(UsageError) -> Parallelism {
    let workers = OptionValue.workers
    return try value(
      .parallelism,
      wanted: "a whole number from \(workers.lowerBound) to \(workers.upperBound), or \"auto\"",
      OptionValue.parallelism) ?? .fixed(OptionValue.workersByDefault)
  }

  private func thoroughness() throws(UsageError) -> Thoroughness {
    if flags.contains(.count) { return .count }
    if flags.contains(.estimate) { return .estimate }
    let percent = try value(
      .sample, wanted: "a part in percent, more than 0 and at most 100", OptionValue.percent)
    return percent.map { .sample(percent: $0) } ?? .full
  }

  func value<Value>(
    _ option: Option, wanted: String, _ reading: (String) -> Value?
  ) throws(UsageError) -> Value? {
    guard let text = values[option] else { return nil }
    guard let value = reading(text) else {
      let word = Quotation(text, position: positions[option] ?? 0, afterSecret: false)
      throw .badValue(option, word, wanted: wanted)
    }
    return value
  }

  /// What the run history says of this run. Connection strings stay out of it.
  var identity: RunIdentity {
    let given = Option.allCases.compactMap { option -> String? in
      if flags.contains(option) { return "--\(option.long)" }
      guard !option.isSecret, let value = values[option] else { return nil }
      return (lists[option] ?? [value]).map { "--\(option.long)=\(ShellWord.quoted($0))" }
        .joined(separator: " ")
    }
    return RunIdentity(
      version: Version.number, options: given.joined(separator: " "), host: Surroundings.host(),
      process: Surroundings.process())
  }
}
