import Postgres

extension Restaging {
  /// What a person should know of tasks that an earlier staging has left.
  var notes: [String] {
    outside.sorted { "\($0.key)" < "\($1.key)" }.map { hypertable, chunks in
      "\(chunks.count) copied \(chunks.count == 1 ? "chunk" : "chunks") of \(hypertable) "
        + "\(chunks.count == 1 ? "lies" : "lie") wholly or in part outside of this window, and "
        + "\(chunks.count == 1 ? "stays" : "stay") as copied"
    }
  }

  /// A chunk whose parts are copied in part goes without indexes and the like until the last one is copied, which there
  /// has to be.
  ///
  /// - Throws: `CommandFailure`.
  func refuseStranded() throws(CommandFailure) {
    guard !stranded.isEmpty else { return }
    throw .failed(
      "copying was begun, and would not be finished with this window, for chunk "
        + stranded.map { "\($0)" }.joined(separator: ", "),
      advice:
        "choose a window with a part of it that isn't copied, or run copy first, or clean, which makes its indexes again"
    )
  }
}
