import ChunkCatalog
import ChunkPairs
public import Postgres
import TaskEngine
import TimescaleDB
import Waiting

/// What `verify --estimate` found: how many rows both sides have by their statistics. It proves nothing.
public struct Estimates: Sendable {
  public struct Hypertable: Sendable, Equatable {
    /// As people know it.
    public var name: QualifiedName
    /// Chunks with statistics on both sides, and their rows.
    public var chunks = 0
    public var source = 0.0
    public var target = 0.0
  }

  public struct Chunk: Sendable, Equatable {
    public var name: QualifiedName
    public var source: Double
    public var target: Double
  }

  public var hypertables: [Hypertable] = []
  /// More than a tenth apart.
  public var apart: [Chunk] = []
  /// So far apart that no statistics are as wrong, which aren't known to be stale either.
  public var farApart: [Chunk] = []
  /// Without statistics, or without a chunk, on these sides.
  public var unknown: [(name: QualifiedName, sides: [Side])] = []
  /// With statistics that are stale on these sides.
  public var stale: [(name: QualifiedName, sides: [Side])] = []
  /// With numbers that are of the time when the source's chunk was compressed.
  public var noted = 0
  /// Of which only a part was copied, or which one of the sides has with other bounds.
  public var leftOut = 0

  public init() {}

  /// Chunks with numbers on both sides.
  public var compared: Int { hypertables.reduce(0) { $0 + $1.chunks } }
}

extension Estimates {
  enum Distance: Equatable {
    case near
    case apart
    case farApart
  }

  /// ANALYZE counts small tables exactly, and finds the rows of large ones by the density of a sample of pages: it may be
  /// some percent off, but not by a factor of two.
  static func distance(_ source: Double, _ target: Double, isStale: Bool) -> Distance {
    let (less, more) = (min(source, target), max(source, target))
    if more - less <= more / 10 { return .near }
    return more > 2 * less && !isStale ? .farApart : .apart
  }

  /// Compares what both sides' statistics say of the tasks' chunks.
  ///
  /// - Parameter names: what people call the source's hypertables.
  init(
    _ tasks: [BackfillTask], source: [ChunkStatistics], target: [ChunkStatistics],
    names: [QualifiedName: QualifiedName]
  ) {
    let theirs = Dictionary(source.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    let ours = Dictionary(grouping: target, by: \.hypertable)
      .mapValues { Dictionary($0.map { ($0.slices, $0) }, uniquingKeysWith: { first, _ in first }) }
    var sums: [QualifiedName: Hypertable] = [:]
    for task in tasks.map(\.whole) {
      let slices = Dictionary(
        task.slices.map { ($0.column, $0.range) }, uniquingKeysWith: { first, _ in first })
      guard task.bounds.isWholeChunk, let there = theirs[task.chunk], there.slices == slices else {
        leftOut += 1
        continue
      }
      guard let here = ours[task.targetHypertable]?[slices] else {
        // Without a chunk of its own the rows are in chunks with other bounds.
        if task.targetChunk == nil { leftOut += 1 } else { unknown.append((task.chunk, [.target])) }
        continue
      }
      let known = names[there.hypertable] ?? there.hypertable
      add(task.chunk, there.estimate, here.estimate, to: &sums[known, default: Hypertable(name: known)])
    }
    hypertables = sums.values.sorted { $0.name.description < $1.name.description }
  }

  private mutating func add(
    _ chunk: QualifiedName, _ there: ChunkStatistics.Estimate, _ here: ChunkStatistics.Estimate,
    to hypertable: inout Hypertable
  ) {
    // What the target noted of its batches may be a copy of what the source did.
    var here = here
    if here.isNoted { here.rows = nil }
    let sides = [(Side.source, there), (Side.target, here)]
    let silent = sides.filter { $0.1.rows == nil }.map(\.0)
    if !silent.isEmpty { unknown.append((chunk, silent)) }
    let old = sides.filter { $0.1.rows != nil && $0.1.isStale }.map(\.0)
    if !old.isEmpty { stale.append((chunk, old)) }
    guard let source = there.rows, let target = here.rows else { return }
    hypertable.chunks += 1
    hypertable.source += source
    hypertable.target += target
    if there.isNoted { noted += 1 }
    let item = Chunk(name: chunk, source: source, target: target)
    switch Self.distance(source, target, isStale: there.isStale || here.isStale) {
    case .near: break
    case .apart: apart.append(item)
    case .farApart: farApart.append(item)
    }
  }
}

extension QueueSession {
  /// Compares the statistics of both sides for the tasks that are open.
  ///
  /// - Throws: `CommandFailure`.
  func estimates() async throws(CommandFailure) -> Estimates {
    try await DedicatedThread.run { () throws(CommandFailure) in
      try CommandFailure.converting {
        guard let there = pairSetting.source else { return Estimates() }
        let source = try session(on: .source)
        return try lend { target in
          let tasks = try setting.queue.tasks(work, on: target)
          return Estimates(
            tasks,
            source: try ChunkStatistics.all(
              of: Set(tasks.compactMap(\.hypertable)), capabilities: there.capabilities, on: source),
            target: try ChunkStatistics.all(
              of: Set(tasks.map(\.targetHypertable)), capabilities: pairSetting.target.capabilities,
              on: target),
            names: Dictionary(
              hypertables.map { ($0.name, $0.knownName) }, uniquingKeysWith: { first, _ in first }))
        }
      }
    }
  }
}
