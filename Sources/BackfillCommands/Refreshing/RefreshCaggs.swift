import ChunkCatalog
public import Postgres
import TimescaleDB
public import Waiting

/// `refresh-caggs`: computes on the target what the source's continuous aggregates have beyond what was copied.
public struct RefreshCaggs: Sendable {
  /// Where the source's watermarks come from.
  public enum Origin: Sendable {
    case source(ConnectionString)
    /// What `ReadWatermarks` has read of it. `path` is for people.
    case file(path: String, text: String)
  }

  public var origin: Origin
  public var target: ConnectionString
  public var selection: Selection
  /// Refreshes also where rows are still to be copied, and again what an earlier run has computed.
  public var isForced: Bool
  public var identity: RunIdentity

  public init(
    from origin: Origin, target: ConnectionString, selection: Selection, isForced: Bool = false,
    identity: RunIdentity = RunIdentity()
  ) {
    self.origin = origin
    self.target = target
    self.selection = selection
    self.isForced = isForced
    self.identity = identity
  }

  /// - Throws: `CommandFailure`, for what stops the run; aggregates that fail are in the result.
  public func run(interrupt: Interrupt, reporter: any Reporter) async throws(CommandFailure) -> RefreshResult
  {
    try await DedicatedThread.run { () throws(CommandFailure) in
      try CommandFailure.converting { try refresh(interrupt: interrupt, reporter: reporter) }
    }
  }

  private func refresh(interrupt: Interrupt, reporter: any Reporter) throws -> RefreshResult {
    switch origin {
    case .source(let string): try refresh(from: string, interrupt, reporter)
    case .file(let path, let text): try refresh(from: text, of: path, interrupt, reporter)
    }
  }

  private func refresh(
    from string: ConnectionString, _ interrupt: Interrupt, _ reporter: any Reporter
  ) throws -> RefreshResult {
    let databases = try Databases.open(
      Endpoints(source: string, target: target), purpose: "refresh-caggs", interrupt: interrupt,
      reporter: reporter)
    try Databases.lock(.exclusive, on: databases.target, interrupt: interrupt)
    let source = try SourceAggregates.find(selection, on: databases.source, databases.sourceInstallation)
    let run = RefreshRun(
      source: source, installation: databases.targetInstallation, isForced: isForced, identity: identity,
      interrupt: interrupt, reporter: reporter)
    return try run.perform(on: databases.target) { missing, aggregate in
      try missing.buckets(of: aggregate, on: databases.source)
    }
  }

  private func refresh(
    from text: String, of path: String, _ interrupt: Interrupt, _ reporter: any Reporter
  ) throws -> RefreshResult {
    let target = try Databases.session(
      target, side: .target, purpose: "refresh-caggs", interrupt: interrupt)
    let installation = try Databases.installation(on: target)
    reporter.report(.connected(ConnectedDatabase(target, installation)))
    var listed = try WatermarkFile(path: path).read(text, on: target)
    try Checklist([FileCompatibility(source: listed.database, target: installation)]).refuse()
    try Databases.lock(.exclusive, on: target, interrupt: interrupt)
    // Without a filter those that only the source has are named, too.
    if selection.filter != nil {
      let hypertables = try Hypertable.all(on: target)
      let known = Dictionary(
        hypertables.map { ($0.knownName, $0.id) }, uniquingKeysWith: { first, _ in first })
      listed.aggregates = try selection.chosenAggregates(
        listed.aggregates, { known[$0.aggregate] }, of: hypertables, on: target)
    }
    let source = listed
    let run = RefreshRun(
      source: source, installation: installation, isForced: isForced, identity: identity,
      interrupt: interrupt,
      reporter: reporter)
    return try run.perform(on: target) { missing, aggregate in
      guard let listed = source.listed?[aggregate.materializedID] else { return [] }
      if let known = listed.from, missing.window.lower < known, let type = aggregate.timeType {
        let finding = RefreshFinding.bucketsUnlisted(view: aggregate.aggregate, before: type.text(of: known))
        reporter.report(.note(.refresh(finding)))
      }
      return try listed.buckets(missing, of: aggregate, on: target)
    }
  }

  /// Aggregates on hypertables first, then aggregates on those, and so on.
  static func levels(_ aggregates: [Watermark]) -> [[Watermark]] {
    let ids = Set(aggregates.map(\.materializedID))
    var placed: Set<Int64> = []
    var rest = aggregates
    var levels: [[Watermark]] = []
    while !rest.isEmpty {
      let ready = rest.filter { !ids.contains($0.rawHypertableID) || placed.contains($0.rawHypertableID) }
      guard !ready.isEmpty else { return levels + [rest] }
      levels.append(ready)
      placed.formUnion(ready.map(\.materializedID))
      rest.removeAll { placed.contains($0.materializedID) }
    }
    return levels
  }
}
