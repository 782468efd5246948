internal import ChunkPairs
internal import Postgres
internal import TimescaleDB

extension CopyPlan {
  /// One of several parts of a chunk, each in a transaction of its own: nothing here may lock the others out. What does
  /// was done before by `SplitPreparation`, and is put back by the last part.
  static func part(_ facts: Facts, target: ChunkDescription) throws(ChunkProblem) -> CopyPlan {
    CopyPlan(
      steps: facts.suppression
        + facts.unloggedBeside(
          [
            .delete(from: target.name, only: true, where: try facts.pair.timePredicate()),
            .stream(try facts.rowStream(into: facts.plainDestination(target))),
          ], of: target),
      remarks: facts.formatRemarks)
  }
}
