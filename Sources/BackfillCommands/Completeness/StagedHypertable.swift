import Archive
import ChunkCatalog
import Postgres
import TimescaleDB

/// A hypertable of which a window was staged, as it is now on both sides, or in an archive and on the target.
struct StagedHypertable {
  let source: Hypertable
  /// nil where the target has it no more, by its name or by the number of the one that was copied into.
  let target: Hypertable?
  let windows: [StagedWindow]
  /// The source's chunks in the windows.
  let sourceChunks: [Chunk]
  let targetChunks: [Chunk]
  let tasks: [TaskExtent]
  /// The source has rows in object storage, of times that its catalog doesn't tell.
  let isTiered: Bool

  /// Those whose windows are known: the queue says so if this version staged it.
  ///
  /// - Returns: those that the source has, and the names of those that it has no more.
  /// - Throws: `PostgresError`.
  static func all(
    source: borrowing Connection, target: borrowing Connection
  ) throws(PostgresError) -> (staged: [StagedHypertable], goneFromSource: [QualifiedName]) {
    let windows = try windows(on: target)
    guard !windows.isEmpty, let installation = try Installation.find(on: source) else { return ([], []) }
    let theirs = try Hypertable.all(on: source).filter { windows[$0.name] != nil }
    let chunks = try Chunk.all(of: theirs.map(\.id), capabilities: installation.capabilities, on: source)
    let tasks = try tasks(on: target)
    let staged = try all(theirs, windows, tasks, chunks, tiered: chunks.tieredHypertables, on: target)
    let gone = Set(windows.keys).subtracting(theirs.map(\.name))
      .filter { areMissed(tasks[$0] ?? [], beside: staged) }
    return (staged, gone.sorted { "\($0)" < "\($1)" })
  }

  /// Those of an archive, which has a task for every chunk that the source had in the windows.
  ///
  /// - Throws: `PostgresError`.
  static func all(
    of archived: [ArchivedHypertable], on target: borrowing Connection
  ) throws(PostgresError) -> [StagedHypertable] {
    let windows = try windows(on: target)
    let tiered = Set(archived.filter(\.isTiered).map(\.hypertable.id))
    return try all(
      archived.map(\.hypertable).filter { windows[$0.name] != nil }, windows, try tasks(on: target), [],
      tiered: tiered, on: target)
  }

  /// Whether tasks of a hypertable that the source has no more are all that there is of it: it wasn't renamed or created
  /// again and then staged again, as then one of these has its place on the target.
  private static func areMissed(_ tasks: [TaskExtent], beside staged: [StagedHypertable]) -> Bool {
    let places = staged.compactMap(\.target)
    return !tasks.isEmpty
      && !tasks.contains { task in
        places.contains { $0.name == task.targetHypertable || $0.id == task.copiedInto }
      }
  }

  private static func windows(
    on target: borrowing Connection
  ) throws(PostgresError) -> [QualifiedName: [StagedWindow]] {
    Dictionary(grouping: try StagedWindow.all(on: target), by: \.hypertable)
  }

  private static func tasks(
    on target: borrowing Connection
  ) throws(PostgresError) -> [QualifiedName: [TaskExtent]] {
    Dictionary(grouping: try TaskExtent.all(on: target), by: \.hypertable)
  }

  /// - Parameters:
  ///   - theirs: the source's, or an archive's.
  ///   - tiered: which of them have rows in object storage, by their numbers.
  private static func all(
    _ theirs: [Hypertable], _ windows: [QualifiedName: [StagedWindow]],
    _ tasks: [QualifiedName: [TaskExtent]], _ sourceChunks: [Chunk],
    tiered: Set<Int64>, on target: borrowing Connection
  ) throws(PostgresError) -> [StagedHypertable] {
    guard !theirs.isEmpty, let installation = try Installation.find(on: target) else { return [] }
    let all = try Hypertable.all(on: target)
    let byName = Dictionary(all.map { ($0.knownName, $0) }, uniquingKeysWith: { first, _ in first })
    let byID = Dictionary(all.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    let sourceChunks = Dictionary(grouping: sourceChunks.filter { !$0.isTiered }, by: \.hypertableID)
    let ours = theirs.map { hypertable in
      byName[hypertable.knownName]
        ?? (tasks[hypertable.name] ?? []).lazy.compactMap(\.copiedInto).compactMap { byID[$0] }.first
    }
    let targetChunks = Dictionary(
      grouping: try Chunk.all(
        of: ours.compactMap { $0?.id }, capabilities: installation.capabilities, on: target),
      by: \.hypertableID)
    return zip(theirs, ours).map { hypertable, target in
      StagedHypertable(
        source: hypertable, target: target, windows: windows[hypertable.name] ?? [],
        sourceChunks: sourceChunks[hypertable.id] ?? [],
        targetChunks: target.flatMap { targetChunks[$0.id] } ?? [], tasks: tasks[hypertable.name] ?? [],
        isTiered: tiered.contains(hypertable.id))
    }
  }

  /// Whether a task's rows went with a hypertable of the target that another has the place of.
  private func isLost(_ task: TaskExtent) -> Bool { target.map { task.isLost(to: $0.id) } ?? false }

  /// The parts of a chunk's box that lie in the windows.
  func staged(
    _ slices: [Dimension.Range], of hypertable: Hypertable, in windows: [StagedWindow]
  ) -> [Box] {
    guard let index = hypertable.dimensions.timeIndex, index < slices.count else { return [] }
    return windows.compactMap { window in
      var box = Box(slices)
      box.ranges[index] = window.time.part(of: box.ranges[index])
      return box.isEmpty ? nil : box
    }
  }

  /// What the source has chunks for in the windows.
  var sourceParts: [Box] { sourceChunks.flatMap { staged($0.slices, of: source, in: windows) } }

  /// Source chunks in the windows that no task covers: they came after staging, or have other bounds since, or the target
  /// has dropped what they were copied into.
  ///
  /// - Returns: nil when there are none.
  /// - Throws: `PostgresError`.
  func unstaged(on target: borrowing Connection) throws(PostgresError) -> UnstagedChunks? {
    guard let index = source.dimensions.timeIndex, let type = source.timeDimension?.timeType else {
      return nil
    }
    let lost = Set(tasks.filter(isLost).map(\.chunk))
    let covered = BoxIndex(
      tasks.filter { !isLost($0) }.compactMap { $0.box(in: source.dimensions) }, by: index)
    // What came after an exported snapshot isn't wanted.
    let open = windows.filter { $0.snapshot == nil }
    var found: [(chunk: Chunk, time: Dimension.Range)] = []
    for chunk in sourceChunks {
      let wanted = lost.contains(chunk.name) ? windows : open
      let rest = staged(chunk.slices, of: source, in: wanted).flatMap {
        $0.subtracting(covered.overlapping($0))
      }
      guard let time = Dimension.Range(hullOf: rest.map { $0.ranges[index] }) else { continue }
      found.append((chunk, time))
    }
    guard !found.isEmpty else { return nil }
    let hull = Dimension.Range(hullOf: windows.map(\.time.range)) ?? Dimension.Range(lower: .min, upper: .max)
    let ends = try type.texts([hull.lower, hull.upper], on: target)
    return UnstagedChunks(
      hypertable: source.knownName, count: found.count, shown: try Self.shown(found, type, on: target),
      from: ends[0], until: ends[1], filter: Selection.pattern(for: source.knownName),
      isReplaced: found.contains { lost.contains($0.chunk.name) })
  }

  /// Source chunks whose rows were copied, and for whose time the target has no chunk any more: somebody has dropped it,
  /// emptied the hypertable, or dropped that.
  ///
  /// - Returns: nil when there are none, or where that can't be told.
  /// - Throws: `PostgresError`.
  func vanished(on target: borrowing Connection) throws(PostgresError) -> VanishedChunks? {
    let ours = self.target ?? source
    guard let index = ours.dimensions.timeIndex, let type = ours.timeDimension?.timeType,
      !targetChunks.contains(where: \.isTiered)
    else { return nil }
    let present = BoxIndex(targetChunks.map { Box($0.slices) }, by: index)
    let copied = Dictionary(grouping: tasks.filter { $0.hasCopiedRows && !isLost($0) }, by: \.chunk)
    var found: [(chunk: Chunk, time: Dimension.Range)] = []
    for chunk in sourceChunks {
      let boxes = (copied[chunk.name] ?? []).compactMap { $0.box(in: ours.dimensions) }
      let gone = boxes.filter { present.overlapping($0).isEmpty }
      guard let time = Dimension.Range(hullOf: gone.map { $0.ranges[index] }) else { continue }
      found.append((chunk, time))
    }
    guard !found.isEmpty else { return nil }
    return VanishedChunks(
      hypertable: source.knownName, count: found.count, shown: try Self.shown(found, type, on: target),
      filter: Selection.pattern(for: source.knownName))
  }

  private static func shown(
    _ found: [(chunk: Chunk, time: Dimension.Range)], _ type: TimeType, on target: borrowing Connection
  ) throws(PostgresError) -> [ChunkTime] {
    let shown = found.prefix(shownChunks)
    let times = try type.texts(shown.flatMap { [$0.time.lower, $0.time.upper] }, on: target)
    return shown.enumerated().map { place, item in
      ChunkTime(name: item.chunk.name, from: times[2 * place], to: times[2 * place + 1])
    }
  }

  private static let shownChunks = 20
}

extension Dimension.Range {
  /// From the least to the greatest bound; nil for no ranges.
  init?(hullOf ranges: [Dimension.Range]) {
    guard let lower = ranges.map(\.lower).min(), let upper = ranges.map(\.upper).max() else { return nil }
    self.init(lower: lower, upper: upper)
  }
}

extension Selection {
  /// A --filter that matches this name and no other.
  static func pattern(for name: QualifiedName) -> String {
    let special = Set(#".^$*+?()[]{}|\"#)
    let text = (name.schema.name + "." + name.name.name).map { special.contains($0) ? "\\\($0)" : "\($0)" }
    return "^\(text.joined())$"
  }
}

extension TimeType {
  /// Internal values as the server writes them; UUIDs by their time.
  func texts(_ values: [Int64], on connection: borrowing Connection) throws(PostgresError) -> [TimeText] {
    guard !values.isEmpty else { return [] }
    let type = self == .uuid ? .timestamptz : self
    let parts = values.map { value -> SQL in
      value == .min || value == .max ? "''" : "(\(type.constant(value)))::text"
    }
    let texts =
      try connection.query(
        "SELECT ARRAY[\(parts.joined(separator: ", "))] AS times", doing: "writing times"
      ) { row throws(PostgresError) in try row.texts("times") }.first ?? []
    return zip(values, texts).map { TimeText($0, text: $1) }
  }
}

extension TimeText {
  /// - Parameter text: as the server writes the value, where it is a time.
  init(_ value: Int64, text: String) {
    switch value {
    case .min: self = .beginning
    case .max: self = .end
    default: self = .time(text)
    }
  }
}
