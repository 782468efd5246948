/// Where a task's rows are.
public protocol CopiedTask {
  var isCopied: Bool { get }
  /// The target's hypertable that it was copied into, as TimescaleDB numbers them; nil where that wasn't noted.
  var copiedInto: Int64? { get }
}

extension CopiedTask {
  /// Whether its rows were copied into another hypertable than this one, which was dropped since, or replaced.
  ///
  /// - Parameter target: the number of the hypertable that the target has in its place.
  public func isLost(to target: Int64) -> Bool { isCopied && copiedInto.map { $0 != target } ?? false }
}
