internal import ChunkPairs
internal import Postgres
internal import TimescaleDB

extension CopyPlan.Facts {
  var suppression: [CopyStep] {
    capabilities.invalidationControl == .setting && !pair.wasRefreshed ? [.skipInvalidation] : []
  }

  /// From 2.23 to 2.27 writes into a chunk are logged as invalidations by the extension itself, and nothing but turning
  /// it off for the transaction prevents that; which takes a superuser, or the privilege to set the parameter.
  var bypassesExtension: Bool {
    capabilities.invalidationControl == .none && mayBypassExtension && !pair.wasRefreshed
  }

  /// To 2.22: whether the trigger that logs is taken off the chunk.
  func takesTriggerOff(_ target: ChunkDescription) -> Bool {
    target.hasInvalidationTrigger && !pair.wasRefreshed
  }

  /// Steps that delete and load rows without the extension, so that nothing is logged. Only for a chunk that isn't
  /// compressed, or where nothing depends on the extension.
  func unlogged(_ steps: [CopyStep]) -> [CopyStep] {
    bypassesExtension ? [.bypassExtension(true)] + steps + [.bypassExtension(false)] : steps
  }

  /// Steps for a part of a chunk, into which other rows may be written meanwhile. Taking the trigger off would lock them out, and is
  /// only done where no live rows arrive.
  func unloggedPart(_ steps: [CopyStep], of target: ChunkDescription) -> [CopyStep] {
    guard takesTriggerOff(target), pair.range.upper == .max else { return unloggedBeside(steps, of: target) }
    return [.dropInvalidationTrigger(target.name)] + steps + [.restoreInvalidationTrigger(target.name)]
  }

  /// Steps beside which others write into the chunk. The trigger stays where it is: it is turned off for this transaction alone, if the role may do that and
  /// nothing else would be turned off with it. Otherwise the range is logged, which does no harm: all raw rows are there
  /// when the aggregates look at it.
  func unloggedBeside(_ steps: [CopyStep], of target: ChunkDescription) -> [CopyStep] {
    guard target.hasInvalidationTrigger else { return unlogged(steps) }
    guard mayDisableTriggers, !pair.wasRefreshed, !target.hasOtherTriggers else { return steps }
    return [.disableTriggers(true)] + steps + [.disableTriggers(false)]
  }
}
