public import Postgres
public import TimescaleDB

/// What has to be done for one task: a pure function of what both databases say about the chunk.
public struct CopyPlan: Sendable, Equatable {
  public var steps: [CopyStep]
  /// What a person may want to know about how the chunk went.
  public var remarks: [String]

  public init(steps: [CopyStep], remarks: [String] = []) {
    self.steps = steps
    self.remarks = remarks
  }

  /// What a plan is made from.
  public struct Facts: Sendable {
    public var source: ChunkDescription
    /// nil when no chunk of the target has the source chunk's slices; then rows go in through the hypertable.
    public var target: ChunkDescription?
    public var targetHypertable: QualifiedName
    /// The columns of the hypertable on the target.
    public var targetColumns: [Column]
    /// The task's part of the chunk; `Int64.min` and `.max` stand for the chunk's own bounds.
    public var range: Dimension.Range
    public var capabilities: Capabilities
    /// Whether the target's hypertable has compression turned on.
    public var targetCompresses: Bool
    /// Whether the role may set timescaledb.restoring on the target.
    public var mayBypassExtension: Bool
    /// Whether the role may turn triggers off there.
    public var mayDisableTriggers: Bool
    /// Whether the role may write there what TimescaleDB notes of compressed chunks' sizes.
    public var mayRecordSizes: Bool
    /// Bloom filters of the source's server mean the same on the target's: both hash alike, and the same bytes.
    public var bloomFiltersAgree: Bool
    /// Both databases sort texts alike where nothing else is said.
    public var defaultCollationsAgree: Bool
    /// The target has refused a value of this chunk in binary form.
    public var binaryIsRefused = false
    /// Indexes of the target's chunk that may be rebuilt after loading; empty where that isn't wanted or doesn't pay.
    public var rebuildable: [SecondaryIndex]
    /// The chunk is large enough for TRUNCATE and frozen rows to pay.
    public var isLarge: Bool
    /// The task is one of several that load the chunk side by side.
    public var isPart: Bool
    /// An aggregate on the target's hypertable was refreshed for a time of the task since that was staged, perhaps over
    /// rows that weren't there. What is copied has to be logged, or no refresh would look at it again.
    public var wasRefreshed: Bool
    /// Putting rows into the hypertable runs functions of users.
    public var loadsUserFunctions = false
    /// What earlier plans for this task came to, so that none is tried twice.
    public var attempt: Attempt

    public init(
      source: ChunkDescription, target: ChunkDescription?, targetHypertable: QualifiedName,
      targetColumns: [Column], range: Dimension.Range, capabilities: Capabilities, targetCompresses: Bool,
      mayBypassExtension: Bool = false, mayDisableTriggers: Bool = false, mayRecordSizes: Bool = false,
      bloomFiltersAgree: Bool = true, defaultCollationsAgree: Bool = true, rebuildable: [SecondaryIndex] = [],
      isLarge: Bool = false,
      isPart: Bool = false, wasRefreshed: Bool = false,
      attempt: Attempt = .first
    ) {
      self.source = source
      self.target = target
      self.targetHypertable = targetHypertable
      self.targetColumns = targetColumns
      self.range = range
      self.capabilities = capabilities
      self.targetCompresses = targetCompresses
      self.mayBypassExtension = mayBypassExtension
      self.mayDisableTriggers = mayDisableTriggers
      self.mayRecordSizes = mayRecordSizes
      self.bloomFiltersAgree = bloomFiltersAgree
      self.defaultCollationsAgree = defaultCollationsAgree
      self.rebuildable = rebuildable
      self.isLarge = isLarge
      self.isPart = isPart
      self.wasRefreshed = wasRefreshed
      self.attempt = attempt
    }
  }

  public enum Attempt: Sendable, Equatable {
    case first
    /// The target chunk was emptied and compressed anew by its hypertable's settings.
    case afterPreparing
  }

  /// A chunk that can't be copied, and why.
  public struct Refusal: Error, Sendable, Equatable {
    public var reason: String
    public var advice: String?

    public init(_ reason: String, advice: String? = nil) {
      self.reason = reason
      self.advice = advice
    }
  }
}

extension CopyPlan {
  /// - Throws: `Refusal` when there is no way that keeps every row.
  public init(_ facts: Facts) throws(Refusal) {
    try Self.refuseHypercore(facts)
    if let target = facts.target {
      self =
        try facts.isPart
        ? Self.part(facts, target: target)
        : facts.isWholeChunk
          ? Self.wholeChunk(facts, target: target) : Self.partOfChunk(facts, target: target)
    } else {
      self = try Self.throughHypertable(facts)
    }
    if facts.loadsUserFunctions { steps.insert(.useDatabaseSearchPath, at: 0) }
  }

  private static func refuseHypercore(_ facts: Facts) throws(Refusal) {
    for (side, method) in [
      ("source", facts.source.accessMethod), ("target", facts.target?.accessMethod ?? "heap"),
    ]
    where method == "hypercore" {
      throw Refusal(
        "the chunk on the \(side) uses the hypercore access method, which this program can't copy",
        advice: "convert it with ALTER TABLE ... SET ACCESS METHOD heap")
    }
  }

  /// No chunk of the target has these slices: delete and insert by range, through the hypertable. The rows find
  /// their chunks, which TimescaleDB makes where there are none.
  private static func throughHypertable(_ facts: Facts) throws(Refusal) -> CopyPlan {
    let predicate = try facts.hypertablePredicate()
    return CopyPlan(
      steps: facts.suppression + (facts.capabilities.hasColumnRanges ? [.trackColumnRanges] : [])
        + [
          .delete(from: facts.targetHypertable, only: false, where: predicate),
          .stream(try facts.rowStream(into: facts.targetHypertable)),
        ],
      remarks: ["through the hypertable, as the target has no chunk with the same slices"]
        + facts.formatRemarks)
  }

  /// A range that ends inside the chunk: newer (or older) rows stay, so the chunk is opened, the range replaced, and
  /// closed again.
  private static func partOfChunk(_ facts: Facts, target: ChunkDescription) throws(Refusal) -> CopyPlan {
    var steps = facts.suppression
    if target.status.contains(.frozen) { steps.append(.unfreeze(target.name)) }
    if target.compressed != nil { steps.append(.decompress(target.name)) }
    steps += facts.unloggedPart(
      [
        .delete(from: target.name, only: true, where: try facts.timePredicate()),
        .stream(try facts.rowStream(into: facts.plainDestination(target))),
      ], of: target)
    if target.compressed != nil { steps.append(.compress(target.name)) }
    if target.status.contains(.frozen) { steps.append(.freeze(target.name)) }
    return CopyPlan(steps: steps, remarks: facts.formatRemarks)
  }
}
