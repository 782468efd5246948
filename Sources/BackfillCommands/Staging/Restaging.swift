import ChunkCatalog
import Postgres
import TimescaleDB

/// What staging does to a queue that has tasks already: a pure function of the queue and of what is wanted now.
///
/// Copied tasks stay, and what they cover is not copied again; uncopied ones are replaced unless they are what is
/// wanted. Only tasks of the same chunk count: the rows of another chunk, even of the same time, are other rows, as TimescaleDB
/// makes a new chunk where one was dropped and rows came late.
struct Restaging {
  /// A chunk of the source as it is today.
  struct Candidate {
    /// The whole chunk's part of the window; its range is meaningless where there is none.
    var task: StagedTask
    /// The pieces that it is to be cut into, in the order of time, in absolute bounds; empty outside of the window.
    var parts: [Dimension.Range]
    /// How much the whole chunk holds, and where in its time; nil where that isn't known.
    var contents: ChunkContents?
    var spread: RowSpread?
  }

  private(set) var changes = QueueChanges()
  private(set) var added: [StagedTask] = []
  /// How many chunks' tasks stay as they are, copied or not, by hypertable.
  private(set) var alreadyStaged: [QualifiedName: Int] = [:]
  /// Chunks of which uncopied tasks were taken out.
  private(set) var replaced: Set<QualifiedName> = []
  /// Copied chunks with rows outside of the window, by hypertable.
  private(set) var outside: [QualifiedName: Set<QualifiedName>] = [:]
  /// Times of the uncopied tasks that were taken out, by hypertable.
  private(set) var dropped: [QualifiedName: [Dimension.Range]] = [:]
  /// Chunks that were copied into a hypertable which the target has replaced since, by the new one's name.
  private(set) var lost: [QualifiedName: Set<QualifiedName>] = [:]
  /// Chunks that go without something until a task is copied, and that no task would be left for.
  private(set) var unfinishable: [QualifiedName] = []

  /// A hypertable that this staging is about.
  struct Scope {
    let time: Identifier
    /// In internal values; nil where there is nothing to copy.
    let window: Dimension.Range?
    /// The target's hypertable: what people call it, and its number there.
    let target: (name: QualifiedName, id: Int64)
  }

  /// - Parameters:
  ///   - candidates: all chunks of the selected hypertables that the source has.
  ///   - queue: all tasks that there are.
  ///   - selected: the selected hypertables, by their names on the source.
  init(_ candidates: [Candidate], queue: [QueuedTask], selected: [QualifiedName: Scope]) {
    let hypertables = Dictionary(candidates.map { ($0.task.chunk, $0.task.hypertable) }) { first, _ in first }
    var concerned = queue.filter { selected[$0.hypertable] != nil || hypertables[$0.chunk] != nil }
    // What the source has dropped since can't be copied again: its rows may have been saved into the new hypertable.
    concerned.removeAll { task in
      guard let scope = hypertables[task.chunk].flatMap({ selected[$0] }), task.isLost(to: scope.target.id)
      else {
        return false
      }
      lost[scope.target.name, default: []].insert(task.chunk)
      changes.removed.append(task.priority)
      return true
    }
    for task in concerned where task.isCopied {
      guard let scope = selected[task.hypertable], let staged = task.slices[scope.time],
        let bounds = task.bounds,
        scope.window?.contains(bounds.part(of: staged)) != true
      else { continue }
      outside[task.hypertable, default: []].insert(task.chunk)
    }
    changes.orphaned = concerned.filter { task in
      selected[task.hypertable].map { task.isLost(to: $0.target.id) } ?? false
    }.map(\.priority)
    let byChunk = Dictionary(grouping: concerned, by: \.chunk)
    let gone = concerned.filter { hypertables[$0.chunk] == nil }
    for candidate in candidates {
      // A chunk that took in the rows of others takes over what is deferred for them too.
      let heritage = gone.filter { $0.hasDeferredWork && !$0.isCopied && candidate.takesIn($0) }
      settle(candidate, byChunk[candidate.task.chunk] ?? [], heritage: heritage.compactMap(\.split))
    }
    let wanted = candidates.filter { !$0.parts.isEmpty }
    for task in gone { settle(gone: task, among: wanted) }
    let removed = Set(changes.removed)
    for task in concerned where !task.isCopied && removed.contains(task.priority) {
      guard let scope = selected[task.hypertable], let slice = task.slices[scope.time],
        let range = task.bounds?.part(of: slice), !range.isEmpty
      else { continue }
      dropped[task.hypertable, default: []].append(range)
    }
  }

  private mutating func settle(_ candidate: Candidate, _ tasks: [QueuedTask], heritage: [Int64]) {
    let copied = tasks.filter(\.isCopied)
    let waiting = tasks.filter { !$0.isCopied }
    var covered: [Dimension.Range] = []
    for task in copied {
      guard let range = candidate.range(of: task) else {
        if task.bounds != nil { changes.removed.append(task.priority) }
        continue
      }
      covered.append(range)
      guard !candidate.hasSlices(of: task) else { continue }
      var now = candidate.task
      now.bounds = TaskBounds(range, of: candidate.time)
      changes.rewritten.append((task.priority, now))
    }
    let rest = candidate.wanted.flatMap { $0.subtracting(covered) }
    if heritage.isEmpty, candidate.agrees(with: waiting, on: rest) {
      if !candidate.parts.isEmpty { alreadyStaged[candidate.task.hypertable, default: 0] += 1 }
      return
    }
    changes.removed += waiting.map(\.priority)
    if !waiting.isEmpty { replaced.insert(candidate.task.chunk) }
    let replacedSplits = Set(waiting.compactMap(\.split))
    changes.detached += copied.filter { $0.split.map(replacedSplits.contains) ?? false }.map(\.priority)
    let deferred = Set(waiting.filter(\.hasDeferredWork).compactMap(\.split)).union(heritage).sorted()
    let fresh = candidate.tasks(for: rest, split: deferred.first)
    if fresh.isEmpty, !deferred.isEmpty { unfinishable.append(candidate.task.chunk) }
    if let first = deferred.first { changes.inherited += deferred.dropFirst().map { ($0, first) } }
    added += fresh
  }

  /// A chunk that the source has no more. One that was dropped stays copied; what went into another chunk is copied with
  /// that, and must not be taken for something of its own.
  private mutating func settle(gone task: QueuedTask, among wanted: [Candidate]) {
    let successors = wanted.filter { $0.takesIn(task) }
    guard task.isCopied else {
      if task.hasDeferredWork, successors.isEmpty { return }
      changes.removed.append(task.priority)
      replaced.insert(task.chunk)
      return
    }
    if !successors.isEmpty, let range = successors[0].absoluteRange(of: task),
      range.subtracting(successors.flatMap(\.parts)).isEmpty
    {
      changes.removed.append(task.priority)
    }
  }
}

extension Restaging.Candidate {
  private var timeIndex: Int { task.dimensions.timeIndex ?? 0 }
  fileprivate var time: Dimension.Range { task.slices[timeIndex] }

  /// The chunk's part of the window.
  fileprivate var wanted: [Dimension.Range] { parts.joined ?? parts }

  fileprivate func hasSlices(of queued: QueuedTask) -> Bool {
    guard !queued.slices.isEmpty else { return true }
    return queued.hypertable == task.hypertable && queued.slices.count == task.dimensions.count
      && zip(task.dimensions, task.slices).allSatisfy { queued.slices[$0.column] == $1 }
  }

  /// A queued task's part of time in absolute bounds; nil where it isn't known.
  fileprivate func absoluteRange(of queued: QueuedTask) -> Dimension.Range? {
    queued.bounds?.part(of: queued.slices[task.dimensions[timeIndex].column] ?? time)
  }

  /// The part of this chunk's time in which a task of the chunk has all rows; nil where that isn't known or there is none.
  fileprivate func range(of queued: QueuedTask) -> Dimension.Range? {
    guard let range = absoluteRange(of: queued)?.intersection(time), !range.isEmpty else { return nil }
    let isWhole = zip(task.dimensions, task.slices).enumerated().allSatisfy { index, own in
      index == timeIndex || queued.slices.isEmpty || queued.slices[own.0.column]?.contains(own.1) == true
    }
    return isWhole ? range : nil
  }

  /// Whether the rows of a chunk that is gone may be in this one.
  fileprivate func takesIn(_ queued: QueuedTask) -> Bool {
    queued.hypertable == task.hypertable && queued.slices.count == task.dimensions.count
      && zip(task.dimensions, task.slices).allSatisfy { queued.slices[$0.column]?.overlaps($1) == true }
  }

  /// Whether uncopied tasks mean exactly what is to be copied, each row once.
  fileprivate func agrees(with waiting: [QueuedTask], on rest: [Dimension.Range]) -> Bool {
    let isSame = waiting.allSatisfy {
      hasSlices(of: $0) && $0.snapshot == task.snapshot && $0.targetHypertable == task.targetHypertable
        && $0.bounds != nil
    }
    let areTogether = waiting.count <= 1 || Set(waiting.map(\.split)).count == 1 && waiting[0].split != nil
    let ranges = waiting.compactMap { absoluteRange(of: $0) }
    return isSame && areTogether && ranges.joined == rest
  }

  private func share(of number: Int64, in piece: Dimension.Range) -> Int64 {
    (spread ?? RowSpread(slice: time)).share(of: number, in: piece)
  }

  /// Tasks for what is left of the chunk, the newest part first. What is copied already between two rests is copied again
  /// where the chunk isn't cut, as one task is one range.
  ///
  /// - Parameter split: a split whose put-off work has to be done by them.
  fileprivate func tasks(for rest: [Dimension.Range], split: Int64?) -> [StagedTask] {
    guard let first = rest.first, let last = rest.last else { return [] }
    let hull = Dimension.Range(lower: first.lower, upper: last.upper)
    var pieces = [hull]
    if parts.count > 1 {
      pieces = parts.flatMap { part in rest.map(part.intersection) }.filter { !$0.isEmpty }
    }
    return pieces.enumerated().reversed().map { number, piece in
      var result = task
      result.bounds = TaskBounds(piece, of: time)
      result.expectedBytes = (contents?.bytes).map { share(of: $0, in: piece) }
      result.expectedRows = contents?.rows.map { share(of: $0, in: piece) }
      if pieces.count > 1 || split != nil {
        result.part = .init(
          number: number + 1, count: pieces.count, whole: TaskBounds(hull, of: time), split: split)
      }
      return result
    }
  }
}
