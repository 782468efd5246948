import ChunkCatalog
import Postgres
import TimescaleDB

/// What is to be staged, from what both databases say.
struct StagePlan {
  let pairs: [HypertablePair]
  let bounds: TimeBounds
  /// All chunks of the selected hypertables on the source.
  let chunks: [Chunk]
  /// All chunks of their counterparts, by hypertable.
  let targetChunks: [Int64: [Chunk]]
  /// The chunks that have a part in the window, newest first, the larger first among equals.
  let work: [Work]

  /// A source chunk to be staged.
  struct Work {
    let pair: HypertablePair
    let chunk: Chunk
    /// The task's part of the chunk; `Int64.min` and `.max` stand for the chunk's own bounds.
    let range: Dimension.Range

    /// Only plain rows can be cut by time.
    var isDivisible: Bool { chunk.compression == nil && chunk.status.isEmpty }

    /// A whole compressed chunk goes into a compressed one. It is made so here and not while copying, where the locks
    /// that takes would keep workers on one hypertable waiting for each other. The chunk keeps its rows until then, so one
    /// with many is left as it is: copying empties it first, and then has only the hypertable's settings to go by.
    func needsCompression(of target: Chunk?) -> Bool {
      guard range.isUnbounded, let wanted = chunk.compression, let target, target.size <= Self.fewBytes,
        !target.status.contains(.frozen)
      else { return false }
      return target.compression?.isSame(as: wanted) != true
    }

    static let fewBytes: Int64 = 1 << 20

    /// The window cuts the chunk, and it holds enough for its share to matter: the others are taken to be even.
    var isWorthMeasuring: Bool { !range.isUnbounded && (chunk.contents?.bytes ?? 0) > Self.fewBytes }
  }

  /// What is known of how a chunk's rows lie in time, and how it is cut by that.
  struct Division {
    /// nil for a chunk that isn't cut into parts.
    var parts: [Dimension.Range]?
    var quantiles: [Int64]
  }

  init(pairs: [HypertablePair], bounds: TimeBounds, chunks: [Chunk], targetChunks: [Chunk]) {
    self.pairs = pairs
    self.bounds = bounds
    self.chunks = chunks
    self.targetChunks = Dictionary(grouping: targetChunks, by: \.hypertableID)
    work = Self.work(chunks, pairs: pairs, bounds: bounds)
  }

  /// Of chunks whose parts are decided.
  init(pairs: [HypertablePair], work: [Work], targetChunks: [Chunk]) {
    self.pairs = pairs
    bounds = TimeBounds(ofAllTime: pairs.map(\.source))
    chunks = work.map(\.chunk)
    self.targetChunks = Dictionary(grouping: targetChunks, by: \.hypertableID)
    self.work = Self.sorted(work)
  }

  private static func work(_ chunks: [Chunk], pairs: [HypertablePair], bounds: TimeBounds) -> [Work] {
    let pairsByID = Dictionary(pairs.map { ($0.source.id, $0) }, uniquingKeysWith: { first, _ in first })
    var work: [Work] = []
    for chunk in chunks where !chunk.isTiered {
      guard let pair = pairsByID[chunk.hypertableID], let range = bounds.range(for: pair.source),
        let index = pair.source.dimensions.timeIndex, index < chunk.slices.count,
        chunk.slices[index].overlaps(range)
      else { continue }
      let slice = chunk.slices[index]
      let part = Dimension.Range(
        lower: range.lower > slice.lower ? range.lower : .min,
        upper: range.upper < slice.upper ? range.upper : .max)
      work.append(Work(pair: pair, chunk: chunk, range: part))
    }
    return sorted(work)
  }

  private static func sorted(_ work: [Work]) -> [Work] {
    func end(_ work: Work) -> Int64 {
      work.pair.source.dimensions.timeIndex.map { work.chunk.slices[$0].upper } ?? .max
    }
    return work.sorted { left, right in
      if end(left) != end(right) { return end(left) > end(right) }
      if left.chunk.size != right.chunk.size { return left.chunk.size > right.chunk.size }
      return left.chunk.id < right.chunk.id
    }
  }

  /// The selected hypertables by their names on the source.
  var scopes: [QualifiedName: Restaging.Scope] {
    Dictionary(
      pairs.compactMap { pair in
        pair.source.timeDimension.map {
          (
            pair.source.name,
            .init(
              time: $0.column, window: bounds.range(for: pair.source),
              target: (pair.target.knownName, pair.target.id))
          )
        }
      }, uniquingKeysWith: { first, _ in first })
  }

  /// All chunks of the selected hypertables, those with a part in the window first and in the order of work.
  ///
  /// - Parameters:
  ///   - targetChunks: the counterparts of `work`.
  ///   - divisions: how chunks of `work` are cut, by their indexes.
  func candidates(
    targetChunks: [QualifiedName?], divisions: [Int: Division], snapshot: String?
  ) -> [Restaging.Candidate] {
    let inside = work.enumerated().map { index, part in
      let time = part.pair.source.dimensions.timeIndex.map { part.chunk.slices[$0] } ?? part.range
      return Restaging.Candidate(
        task: task(part.chunk, part.pair, targetChunk: targetChunks[index], snapshot: snapshot),
        parts: (divisions[index]?.parts ?? [part.range]).map { $0.intersection(time) },
        contents: part.chunk.contents,
        spread: RowSpread(slice: time, quantiles: divisions[index]?.quantiles ?? []))
    }
    let placed = Set(work.map(\.chunk.id))
    let pairsByID = Dictionary(pairs.map { ($0.source.id, $0) }, uniquingKeysWith: { first, _ in first })
    let outside = chunks.filter { !$0.isTiered && !placed.contains($0.id) }.compactMap { chunk in
      pairsByID[chunk.hypertableID].map {
        Restaging.Candidate(task: task(chunk, $0, targetChunk: nil, snapshot: snapshot), parts: [])
      }
    }
    return inside + outside
  }

  private func task(
    _ chunk: Chunk, _ pair: HypertablePair, targetChunk: QualifiedName?, snapshot: String?
  ) -> StagedTask {
    StagedTask(
      chunk: chunk.name, hypertable: pair.source.name, targetHypertable: pair.target.name,
      targetChunk: targetChunk, dimensions: pair.source.dimensions, slices: chunk.slices,
      bounds: .wholeChunk, snapshot: snapshot)
  }
}
