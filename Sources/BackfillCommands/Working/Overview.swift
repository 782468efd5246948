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

  /// By one question, whatever the number of tasks.
  ///
  /// - Parameter hypertables: the source's.
  /// - Throws: `PostgresError`.
  init(
    _ work: Queue.Work, _ hypertables: [Hypertable], target: borrowing Connection
  ) throws(PostgresError) {
    sizes = try QueueSizes.find(work, on: target)
    places = ChunkPlaces(hypertables)
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
    let place = place(of: task) ?? ChunkPlace(hypertable: task.hypertable ?? task.targetHypertable)
    return TaskPlace(priority: task.priority, chunk: task.chunk, place: place, part: part)
  }

  func expectedBytes(of task: BackfillTask) -> Int64? { (areWhole ? task.whole : task).expectedBytes }
}
