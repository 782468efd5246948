import Postgres

extension Restaging {
  /// Copied chunks that an earlier staging has left with rows outside of the window, one finding for each hypertable.
  var copiedOutside: [StagingFinding] {
    outside.sorted { "\($0.key)" < "\($1.key)" }.map { hypertable, chunks in
      .copiedOutside(hypertable: hypertable, chunks: chunks.count)
    }
  }

  /// Hypertables whose copied rows have to be copied again.
  var copiedAndDropped: [StagingFinding] {
    lost.sorted { "\($0.key)" < "\($1.key)" }.map { .copiedAndDropped(hypertable: $0, chunks: $1.count) }
  }

  /// A chunk whose parts are copied in part goes without indexes and the like until the last one is copied, which there
  /// has to be.
  ///
  /// - Throws: `CommandFailure`.
  func refuseUnfinishable() throws(CommandFailure) {
    guard unfinishable.isEmpty else { throw .failed(.staging(.unfinishable(chunks: unfinishable))) }
  }
}
