import ChunkCatalog
public import Postgres
import TimescaleDB

/// What a chunk is to a person, whom its own name tells nothing: whose rows it has, and of which time.
public struct ChunkPlace: Sendable, Equatable {
  /// What people know the hypertable by: the view's name for a continuous aggregate.
  public var hypertable: QualifiedName
  /// What the task covers of the chunk's time; nil where that isn't known.
  public var from: TimePoint?
  public var to: TimePoint?

  public init(hypertable: QualifiedName, from: TimePoint? = nil, to: TimePoint? = nil) {
    self.hypertable = hypertable
    self.from = from
    self.to = to
  }

  /// - Parameter type: of the time dimension, by PostgreSQL's name.
  init(hypertable: QualifiedName, _ time: Dimension.Range, type: String?) {
    self.init(
      hypertable: hypertable, from: TimePoint(time.lower, type: type), to: TimePoint(time.upper, type: type))
  }
}

/// A bound of a hypertable's time.
public enum TimePoint: Sendable, Equatable {
  case beginning
  case time(Timestamp)
  /// Of a type without a time zone.
  case localTime(Timestamp)
  case date(Timestamp)
  case number(Int64)
  case end

  /// - Parameters:
  ///   - value: TimescaleDB's internal one.
  ///   - type: of the dimension. Of one that isn't known the number is shown.
  init(_ value: Int64, type: String?) {
    switch (value, type) {
    case (.min, _): self = .beginning
    case (.max, _): self = .end
    case (_, "date"): self = .date(Timestamp(microseconds: value))
    case (_, "uuid"), (_, "timestamptz"), (_, "timestamp with time zone"):
      self = .time(Timestamp(microseconds: value))
    case (_, "timestamp"), (_, "timestamp without time zone"):
      self = .localTime(Timestamp(microseconds: value))
    default: self = .number(value)
    }
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
    return ChunkPlace(hypertable: hypertable.knownName, range, type: type.rawValue)
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
