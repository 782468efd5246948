public import ChunkPairs
internal import Postgres
public import TimescaleDB

extension CopyPlan {
  /// What a plan is made from.
  public struct Facts: Sendable {
    public var pair: ChunkPair
    /// The target's.
    public var capabilities: Capabilities
    /// Whether the role may turn most of the extension off on the target (`Installation.mayBypassExtension`).
    public var mayBypassExtension: Bool
    /// Whether the role may turn triggers off there.
    public var mayDisableTriggers: Bool
    /// Whether the role may write there what TimescaleDB notes of compressed chunks' sizes.
    public var mayRecordSizes: Bool
    /// Bloom filters of the source's server mean the same on the target's: both hash alike, and the same bytes.
    public var bloomFiltersAgree: Bool
    /// Both databases sort texts alike where nothing else is said.
    public var defaultCollationsAgree: Bool
    /// The target knows all that is in the source's batches (`BatchOrigin.isReadable`). Between two servers this is made
    /// sure of beforehand.
    public var versionsAgree = true
    /// The target has refused a value of this chunk in binary form.
    public var binaryIsRefused = false
    /// Indexes of the target's chunk that may be rebuilt after loading; empty where that isn't wanted or doesn't pay.
    public var rebuildable: [SecondaryIndex]
    /// The chunk is large enough for TRUNCATE and frozen rows to pay.
    public var isLarge: Bool
    /// The task is one of several that load the chunk side by side.
    public var isPart: Bool
    /// Putting rows into the hypertable runs functions of users.
    public var loadsUserFunctions = false
    /// The files that the rows come from; nil where they come from the source's chunk.
    public var archived: ArchivedRows?
    /// What earlier plans for this task came to, so that none is tried twice.
    public var attempt: Attempt

    public init(
      pair: ChunkPair, capabilities: Capabilities, mayBypassExtension: Bool = false,
      mayDisableTriggers: Bool = false, mayRecordSizes: Bool = false, bloomFiltersAgree: Bool = true,
      defaultCollationsAgree: Bool = true, rebuildable: [SecondaryIndex] = [], isLarge: Bool = false,
      isPart: Bool = false, attempt: Attempt = .first
    ) {
      self.pair = pair
      self.capabilities = capabilities
      self.mayBypassExtension = mayBypassExtension
      self.mayDisableTriggers = mayDisableTriggers
      self.mayRecordSizes = mayRecordSizes
      self.bloomFiltersAgree = bloomFiltersAgree
      self.defaultCollationsAgree = defaultCollationsAgree
      self.rebuildable = rebuildable
      self.isLarge = isLarge
      self.isPart = isPart
      self.attempt = attempt
    }

    init(_ pair: ChunkPair, _ setting: PairSetting, isPart: Bool) {
      self.init(
        pair: pair, capabilities: setting.target.capabilities,
        mayBypassExtension: setting.target.mayBypassExtension,
        mayDisableTriggers: setting.target.mayDisableTriggers, mayRecordSizes: setting.target.mayRecordSizes,
        bloomFiltersAgree: setting.bloomFiltersAgree, defaultCollationsAgree: setting.defaultCollationsAgree,
        isPart: isPart)
      loadsUserFunctions = setting.loadingUserFunctions.contains(pair.targetHypertable)
    }
  }

  public enum Attempt: Sendable, Equatable {
    case first
    /// The target chunk was emptied and compressed anew by its hypertable's settings.
    case afterPreparing
  }
}

extension CopyPlan.Facts {
  var source: ChunkDescription { pair.source }
  var target: ChunkDescription? { pair.target }
  var targetHypertable: QualifiedName { pair.targetHypertable }
}
