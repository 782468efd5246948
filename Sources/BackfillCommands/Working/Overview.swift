import ChunkCatalog
import Postgres
import TimescaleDB

/// What a run knows of the queue as a whole, for telling people how far it is and which chunk is which.
struct Overview: Sendable {
  private let sizes: QueueSizes?
  private let places: ChunkPlaces
  /// Chunks in parts are worked on as one.
  private let areWhole: Bool

  /// Knows nothing.
  init() {
    sizes = nil
    places = ChunkPlaces()
    areWhole = false
  }

  /// By two questions, whatever the number of tasks.
  ///
  /// - Throws: `PostgresError`.
  init(
    _ work: Queue.Work, source: borrowing Connection, target: borrowing Connection
  ) throws(PostgresError) {
    sizes = try QueueSizes.find(work, on: target)
    places = ChunkPlaces(try Hypertable.all(on: source))
    areWhole = work == .verifying
  }

  /// - Parameter tasks: the run's.
  func workload(_ tasks: Int) -> Workload { Workload(tasks: tasks, sizes) }

  func place(of task: BackfillTask) -> ChunkPlace? { places.place(of: areWhole ? task.whole : task) }

  func part(of task: BackfillTask) -> StartedChunk.Part? {
    areWhole ? nil : task.part.map { StartedChunk.Part(number: $0.number, count: $0.count) }
  }

  /// The task as programs are told of it.
  func task(_ task: BackfillTask) -> TaskPlace {
    let part =
      areWhole ? nil : task.part.map { NotableTask.Part(number: $0.number, count: $0.count) }
    return places.task(areWhole ? task.whole : task, part)
  }

  func expectedBytes(of task: BackfillTask) -> Int64? { (areWhole ? task.whole : task).expectedBytes }
}
