import ChunkCatalog
import Loading
public import Postgres
import TimescaleDB
public import Waiting

/// `load`: files of CSV or text into a table, in batches of whole records, several at once. Each batch commits
/// together with its mark, so that a load can be stopped anywhere, and goes on without a row lost or twice.
public struct Load: Sendable {
  public var target: ConnectionString
  public var options: LoadOptions
  public var identity: RunIdentity

  public init(target: ConnectionString, options: LoadOptions, identity: RunIdentity = RunIdentity()) {
    self.target = target
    self.options = options
    self.identity = identity
  }

  /// - Throws: `CommandFailure`, for what is found before anything is loaded. What goes wrong later is in the result.
  public func run(interrupt: Interrupt, reporter: any Reporter) async throws(CommandFailure) -> LoadResult {
    try await DedicatedThread.run { () throws(CommandFailure) in
      try CommandFailure.converting { try load(interrupt, reporter) }
    }
  }

  private func load(_ interrupt: Interrupt, _ reporter: any Reporter) throws -> LoadResult {
    let began = ContinuousClock.now
    let session = try Databases.session(target, side: .target, purpose: "load", interrupt: interrupt)
    if let connected = try ConnectedDatabase.find(on: session) { reporter.report(.connected(connected)) }
    let database = DatabaseIdentity(
      source: nil, target: try Fingerprint.find(on: session), stagedPosition: nil)
    guard !database.target.isInRecovery else { throw CommandFailure.failed(.databases(.targetIsStandby)) }
    let capabilities = try capabilities(of: session)
    try Databases.lock(.shared, on: session, interrupt: interrupt)
    var options = options
    options.format.encoding = try encoding(on: session)
    let inputs = try LoadInputs(options, interrupt: interrupt)
    let planner = LoadPlanner(options: options, inputs: inputs, capabilities: capabilities)
    let (plan, window) = try planner.plan(on: session)
    for note in window?.notes ?? [] { reporter.report(.note(.time(note))) }
    if !plan.table.triggers.isEmpty {
      reporter.report(.warning(.load(.triggersKeepOut(plan.table.triggers))))
    }
    if case .reject(let path) = options.errors {
      try LoadFailure.converting { () throws(LoadFailure) in
        try RejectFile(path: path, names: [:], header: nil).check()
      }
    }
    let run = "\(identity.host):\(identity.process):\(UInt64.random(in: .min ... .max))"
    let (load, marks) = try LoadOpening(
      inputs: inputs, wanted: planner.recorded(plan, window), run: run, isAgain: options.isAgain,
      interrupt: interrupt
    ).perform(on: session)
    var result = LoadResult()
    result.table = plan.table.name
    result.files = inputs.items.count
    for mark in marks { result.before += mark.outcome }
    if inputs.identities.isEmpty {
      reporter.report(.note(.load(.notResumable(path: inputs.items[0].file.shown))))
    }
    if !marks.isEmpty {
      reporter.report(.note(.load(.resuming(batches: marks.count, rows: result.before.rows))))
    }
    let setting = LoadSetting(
      target: target, plan: plan,
      transaction: LoadTransaction(
        load: load.id, run: run, relation: plan.table.relation, table: plan.table.name,
        signature: try planner.signature(plan, on: session),
        signatureNow: plan.table.signature(of: plan.columns)),
      options: options,
      source: LoadSource(
        inputs.sources(load.inputs, marks: marks), opened: inputs.opened, options, interrupt: interrupt),
      identity: database, interrupt: interrupt, reporter: reporter,
      isDurable: inputs.identities.isEmpty,
      state: LoadState())
    if options.replaces {
      let replacement = LoadReplacement(
        plan: plan, transaction: setting.transaction,
        retry: LockRetry(interrupt: interrupt, reporter: reporter))
      if let rows = try replacement.perform(on: session) {
        result.replaced = rows
        reporter.report(.note(.load(.replaced(rows: rows))))
      }
    }
    try perform(setting, load, &result, inputs, asking: session)
    // Until here its locks keep other processes away.
    session.rollBack()
    result.isLost = inputs.identities.isEmpty
    result.duration = began.duration(to: .now)
    return result
  }

  /// Loads, and once more what a crash of the server has taken away.
  private func perform(
    _ setting: LoadSetting, _ load: RecordedLoad, _ result: inout LoadResult, _ inputs: LoadInputs,
    asking session: borrowing Connection
  ) throws {
    var setting = setting
    for pass in 1...Self.passes {
      LoadCrew(setting: setting, most: most(inputs), allBytes: inputs.allBytes).run(asking: session)
      finish(&result, setting, inputs)
      guard case .finding(.incomplete) = result.failure, !setting.isDurable, pass < Self.passes,
        setting.interrupt.stage == .running
      else { return }
      setting.reporter.report(.warning(.load(.commitsLost)))
      let marks = try LoadEnd(setting: setting).marks()
      setting.state = LoadState()
      setting.source = LoadSource(
        inputs.sources(load.inputs, marks: marks), opened: [:], setting.options,
        interrupt: setting.interrupt)
    }
  }

  /// Times that a load begins to look for what is missing.
  private static let passes = 3

  /// A worker for each batch is enough.
  private func most(_ inputs: LoadInputs) -> Int? {
    inputs.allBytes.map { max(1, Int(clamping: $0 / Int64(options.batchSize) + 1)) }
  }

  private func finish(_ result: inout LoadResult, _ setting: LoadSetting, _ inputs: LoadInputs) {
    let state = setting.state
    if state.failure == nil, !setting.source.isExhausted { state.stop() }
    let end = LoadEnd(setting: setting)
    do {
      result.rejects = try end.writeRejects(inputs)
      var all: LoadMark.Outcome?
      if state.failure == nil { all = try end.conclude() }
      // Of rows that were lost in between, and loaded again, the marks know.
      if let all { result.outcome = all - result.before }
    } catch let error as PostgresError {
      state.fail(LoadFailure(error))
    } catch {
      state.fail(error as? LoadFailure ?? .stopped)
    }
    if state.failure != nil { result.outcome += state.outcome }
    result.bytes += state.bytes
    result.batches += state.batches
    result.failure = state.failure
    if case .stopped = state.failure { result.stopped = true }
  }

  /// - Returns: what the database's TimescaleDB can do; nil without it.
  /// - Throws: `CommandFailure` where it can't be worked with; `PostgresError`.
  private func capabilities(of session: borrowing Connection) throws -> Capabilities? {
    guard let installation = try Installation.find(on: session) else { return nil }
    try Checklist([Fitness(of: .target, installation)]).refuse()
    try Checklist([try QueuePrivilege.find(on: session, installation)]).refuse()
    return installation.capabilities
  }

  /// The encoding as PostgreSQL calls it. Of some, used by clients only, the second byte of a character may be what
  /// means a delimiter or a backslash elsewhere.
  private func encoding(on session: borrowing Connection) throws -> String? {
    guard let given = options.format.encoding else { return nil }
    let name = try session.queryRow(
      "SELECT pg_encoding_to_char(pg_char_to_encoding(\(given)))::text AS name",
      doing: "looking for the encoding"
    ) { row throws(PostgresError) in try row.optionalText("name") ?? "" }
    guard !name.isEmpty else { throw CommandFailure.usage(.load(.encoding(given, isKnown: false))) }
    let embedding: Set = ["SJIS", "SHIFT_JIS_2004", "BIG5", "GBK", "UHC", "GB18030", "JOHAB"]
    guard !embedding.contains(name) else { throw CommandFailure.usage(.load(.encoding(name, isKnown: true))) }
    return name
  }
}

extension LoadFailure {
  /// Before anything was loaded.
  fileprivate static func converting(_ body: () throws(LoadFailure) -> Void) throws(CommandFailure) {
    do throws(LoadFailure) { try body() } catch {
      throw error.finding.map { .usage($0) } ?? .stopped(.working)
    }
  }
}
