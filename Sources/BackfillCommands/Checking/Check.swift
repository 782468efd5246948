import Postgres
import TimescaleDB
public import Waiting

/// `check`: what stands in the way on both sides. Writes nothing.
public struct Check: Sendable {
  public var endpoints: Endpoints
  public var selection: Selection
  /// Exclusive; nil where that isn't decided yet.
  public var until: CompletionPoint?
  /// Where to begin; inclusive. nil is the beginning of time.
  public var from: String?
  /// How many chunks are to be copied at a time.
  public var parallelism: Parallelism
  /// Reads rows of the source and writes temporary ones to the target for some seconds, to find out how fast that is.
  public var measures: Bool

  public init(
    endpoints: Endpoints, selection: Selection, until: CompletionPoint? = nil, from: String? = nil,
    parallelism: Parallelism, measures: Bool = false
  ) {
    self.measures = measures
    self.endpoints = endpoints
    self.selection = selection
    self.until = until
    self.from = from
    self.parallelism = parallelism
  }

  /// - Throws: `CommandFailure`.
  public func run(interrupt: Interrupt, reporter: any Reporter) async throws(CommandFailure) -> CheckResult {
    let started = ContinuousClock.now
    var (result, measuring) = try await DedicatedThread.run { () throws(CommandFailure) in
      try CommandFailure.converting { try check(interrupt: interrupt, reporter: reporter) }
    }
    result.measurement = try await measuring?.run()
    result.duration = ContinuousClock.now - started
    return result
  }

  private func check(
    interrupt: Interrupt, reporter: any Reporter
  ) throws -> (result: CheckResult, measuring: Measuring?) {
    try RelativeTime.refuse(until, from: from)
    let sessions = try SessionPair.open(endpoints, purpose: "check", interrupt: interrupt)
    try sessions.target.execute(
      "SET default_transaction_read_only = on", doing: "making sure that nothing is written")
    let extensions = (
      try Installation.find(on: sessions.source), try Installation.find(on: sessions.target)
    )
    let connected = [
      try describe(sessions.source, extensions.0), try describe(sessions.target, extensions.1),
    ]
    for database in connected.compactMap({ $0 }) { reporter.report(.connected(database)) }
    var result = CheckResult()
    guard let sourceInstallation = extensions.0, let targetInstallation = extensions.1 else {
      let lacking = [extensions.0 == nil ? Side.source : nil, extensions.1 == nil ? .target : nil]
      result.add(lacking.compactMap { $0.map { .init(.stop, .databases(.lacksTimescaleDB($0))) } })
      return (result, nil)
    }
    let databases = Databases(
      sessions, sourceInstallation: sourceInstallation, targetInstallation: targetInstallation)
    let measuring = try check(databases, interrupt, &result)
    return (result, measuring)
  }

  private func describe(
    _ session: borrowing Connection, _ installation: Installation?
  ) throws(PostgresError) -> ConnectedDatabase? {
    guard let installation else { return try ConnectedDatabase.find(on: session) }
    return ConnectedDatabase(session, installation)
  }

  /// - Returns: what to measure; nil where nothing is to be.
  private func check(
    _ databases: borrowing Databases, _ interrupt: Interrupt, _ result: inout CheckResult
  ) throws -> Measuring? {
    let versions = Compatibility(
      source: databases.sourceInstallation, target: databases.targetInstallation)
    result.add(versions.findings)
    guard !versions.isTooOld else { return nil }
    if let same = try SameDatabase.find(source: databases.source, target: databases.target) {
      result.add([.init(.stop, .databases(same))])
    }
    let notes = FindingCollector()
    let planner = StagePlanner(
      selection: selection, from: from, until: until, snapshot: nil, reporter: notes)
    let scope = try planner.scope(databases)
    result.isTargetEmpty = scope.match.isTargetEmpty
    var checklist = try StagePlanner.checklist(scope.match, databases)
    let targets = scope.match.pairs.map(\.target)
    if !targets.isEmpty {
      checklist.add(
        try TargetHazards.find(
          databases, hypertables: Set(targets.map(\.name)), relations: PublishedDeletes.relations(of: targets)
        ))
    }
    let plan = try planner.plan(scope, databases)
    let sides = try BothSides.gather(scope.match, databases)
    checklist.add(sides.checklist(workers: parallelism.first, plan: plan))
    checklist.add(
      SequencePositions(
        findings: try SequenceCheck(scope.match.pairs.map(\.source)).findings(
          source: databases.source, target: databases.target, readingTables: false)))
    checklist.add(try PoolerProbe.find(databases, endpoints, interrupt: interrupt))
    if until != nil { checklist.add(try WindowComparison(plan).find(databases)) }
    for finding in plan.tieredChunks { notes.report(.warning(.staging(finding))) }
    result.add(checklist.findings + notes.findings)
    guard measures else { return nil }
    return try Measuring(
      endpoints, plan, sessions: sides.room(for: parallelism), databases, interrupt: interrupt)
  }
}

extension CheckResult {
  /// Each object by itself; and of what an empty target lacks, that it is empty.
  fileprivate mutating func add(_ found: [CheckedFinding]) {
    for found in found {
      if isTargetEmpty, case .schema(.missing(let relations)) = found.finding {
        findings.append(.init(.note, .schema(.emptyTarget(hypertables: relations.count))))
      } else {
        findings += found.finding.eachObject.map { CheckedFinding(found.level, $0) }
      }
    }
  }
}
