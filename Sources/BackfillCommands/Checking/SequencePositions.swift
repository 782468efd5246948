/// Sequences of the target that would hand out numbers again. Before the copy that is nothing to worry about, unless the
/// application takes numbers from them by now.
struct SequencePositions: ChecklistItem {
  let sequences: [SequenceFinding]

  init(findings sequences: [SequenceFinding]) { self.sequences = sequences }

  var findings: [CheckedFinding] {
    sequences.compactMap { sequence in
      guard case .behind = sequence.fact else { return nil }
      return .init(.note, .completeness(.sequence(sequence)))
    }
  }
}
