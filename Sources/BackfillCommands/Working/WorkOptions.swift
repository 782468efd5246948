/// How `copy` and `verify` work through the queue.
public struct WorkOptions: Sendable {
  public var parallelism: Parallelism
  /// The first failed chunk ends the run.
  public var failsFast: Bool
  /// How long one outage of a server may last before the run gives up.
  public var retryBudget: Duration
  /// Bytes per second read from the source at most; nil for no limit.
  public var maxRate: Int64?
  /// Row triggers and foreign keys of the target are left out. Only for copying.
  public var disablesTriggers: Bool
  /// Indexes of large chunks stay in place while those are loaded. Only for copying.
  public var keepsIndexes: Bool
  /// Which tasks are asked for.
  public var selection: TaskSelection
  /// Only for verifying.
  public var thoroughness: Thoroughness
  /// Rows of the target are replaced even where the source has much fewer. Only for copying.
  public var allowsShrinking: Bool

  public init(
    parallelism: Parallelism = .fixed(8), failsFast: Bool = false, retryBudget: Duration = .seconds(300),
    maxRate: Int64? = nil, disablesTriggers: Bool = false, keepsIndexes: Bool = false,
    allowsShrinking: Bool = false, selection: TaskSelection = TaskSelection(),
    thoroughness: Thoroughness = .full
  ) {
    self.parallelism = parallelism
    self.failsFast = failsFast
    self.retryBudget = retryBudget
    self.maxRate = maxRate
    self.disablesTriggers = disablesTriggers
    self.keepsIndexes = keepsIndexes
    self.allowsShrinking = allowsShrinking
    self.selection = selection
    self.thoroughness = thoroughness
  }
}
