import TimescaleDB

/// What the Apache edition can't do.
struct Editions: ChecklistItem {
  let source: Capabilities
  let target: Capabilities
  /// Of the source, among those that are to be copied.
  let compressedChunks: Int

  var findings: [CheckedFinding] {
    var found: [CheckedFinding] = []
    if source.isCommunity, !target.isCommunity { found.append(.init(.warning, .condition(.apacheTarget))) }
    if !source.isCommunity, compressedChunks > 0 {
      found.append(.init(.stop, .condition(.apacheSource(chunks: compressedChunks))))
    }
    return found
  }
}
