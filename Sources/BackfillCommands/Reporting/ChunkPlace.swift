import ChunkCatalog
public import Postgres
import TimescaleDB

/// What a chunk is to a person, whom its own name tells nothing: whose rows it has, and of which time.
public struct ChunkPlace: Sendable, Equatable {
  /// What people know the hypertable by: the view's name for a continuous aggregate.
  public var hypertable: QualifiedName
  /// What the task covers of the chunk's time; nil where that isn't known.
  public var from: TimeText?
  public var to: TimeText?

  public init(hypertable: QualifiedName, from: TimeText? = nil, to: TimeText? = nil) {
    self.hypertable = hypertable
    self.from = from
    self.to = to
  }
}

/// The source's hypertables, for telling where a task's chunk belongs.
struct ChunkPlaces: Sendable {
  private let hypertables: [QualifiedName: Hypertable]

  init(_ hypertables: [Hypertable] = []) {
    self.hypertables = Dictionary(
      hypertables.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
  }

  /// nil where the queue doesn't say which hypertable it is.
  func place(of task: BackfillTask) -> ChunkPlace? {
    guard let name = task.hypertable else { return nil }
    guard let hypertable = hypertables[name] else { return ChunkPlace(hypertable: name) }
    guard let (range, type) = Self.time(of: task, hypertable) else {
      return ChunkPlace(hypertable: hypertable.knownName)
    }
    return ChunkPlace(
      hypertable: hypertable.knownName, from: TimeText(range.lower, text: type.text(of: range.lower)),
      to: TimeText(range.upper, text: type.text(of: range.upper)))
  }

  /// The same as values.
  func task(_ task: BackfillTask, _ part: NotableTask.Part?) -> TaskPlace {
    let hypertable = task.hypertable.flatMap { hypertables[$0] }
    let name = hypertable?.knownName ?? task.hypertable ?? task.targetHypertable
    var place = TaskPlace(priority: task.priority, hypertable: name, chunk: task.chunk, part: part)
    if let hypertable, let (range, type) = Self.time(of: task, hypertable) {
      place.from = TimePoint(range.lower, type: type.rawValue)
      place.to = TimePoint(range.upper, type: type.rawValue)
    }
    return place
  }

  /// What the task covers of the chunk's time; nil where that isn't known.
  private static func time(
    of task: BackfillTask, _ hypertable: Hypertable
  ) -> (range: Dimension.Range, type: TimeType)? {
    guard let time = hypertable.timeDimension, let type = time.timeType,
      let slice = task.slices.first(where: { $0.column == time.column })?.range
    else { return nil }
    return (task.bounds.part(of: slice), type)
  }
}
