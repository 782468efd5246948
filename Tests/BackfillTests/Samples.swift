import ChunkCatalog
import Postgres

@testable import BackfillCommands
@testable import backfill

/// Events and results as commands report them.
enum Sample {
  static func chunk(_ name: String = "_hyper_1_1_chunk") -> QualifiedName {
    QualifiedName("_timescaledb_internal", name)
  }

  static func finished(
    worker: Int = 0, _ number: Int = 3, of total: Int = 12, outcome: FinishedChunk.Outcome = .copied,
    name: String = "_hyper_1_1_chunk", seconds: Double = 1.23, rows: Int64 = 432_000,
    bytes: Int64 = 31_200_000, remarks: [TaskRemark] = []
  ) -> FinishedChunk {
    FinishedChunk(
      worker: worker, number: number, total: total, outcome: outcome, chunk: chunk(name),
      duration: .seconds(seconds), rows: rows, bytes: bytes, remarks: remarks, task: StatusExample.place())
  }

  static func failed(
    worker: Int = 0, _ number: Int = 4, of total: Int = 12, name: String = "_hyper_1_2_chunk",
    because failure: TaskFailure = refused()
  ) -> FailedChunk {
    FailedChunk(
      worker: worker, number: number, total: total, chunk: chunk(name),
      failure: failure, task: StatusExample.place())
  }

  static func refused(_ sqlState: String? = nil) -> TaskFailure {
    .server(
      PostgresError(
        kind: .refusedByServer, side: .target, operation: "copying", sqlState: sqlState, message: "disk full")
    )
  }
}
