import Archive
import ChunkCatalog
import ChunkPairs
import Postgres
import TaskEngine
import TimescaleDB
import Waiting

extension ReadArchive {
  /// A run of workers on its queue.
  ///
  /// - Parameter command: as users and pg_stat_activity know it.
  func work(
    _ work: Queue.Work, _ command: String, _ request: ArchiveRequest, interrupt: Interrupt,
    reporter: any Reporter
  ) -> WorkRun {
    WorkRun(work, request.options, interrupt: interrupt, reporter: reporter) {
      () async throws(CommandFailure) in
      try await QueueSession.open(
        work, command, of: self, request, interrupt: interrupt, reporter: reporter)
    }
  }
}

extension QueueSession {
  /// Opens a queue whose rows are in an archive, for which the target is enough.
  ///
  /// - Parameter command: as users and pg_stat_activity know it.
  /// - Throws: `CommandFailure` when there is no queue, it is in use by a command that wants it alone, or it is
  ///   another's.
  static func open(
    _ work: Queue.Work, _ command: String, of archive: ReadArchive, _ request: ArchiveRequest,
    interrupt: Interrupt, reporter: any Reporter
  ) async throws(CommandFailure) -> QueueSession {
    try await DedicatedThread.run { () throws(CommandFailure) in
      try CommandFailure.converting {
        let lock = try Databases.session(
          request.target, side: .target, purpose: command, interrupt: interrupt)
        let installation = try Databases.installation(on: lock)
        if work == .verifying { reporter.report(.connected(ConnectedDatabase(lock, installation))) }
        try Checklist([Fitness(of: .target, installation)]).refuse()
        try Databases.lock(.shared, on: lock, interrupt: interrupt)
        let identity = try identity(of: archive, on: lock)
        var setting = RunSetting(
          source: nil, target: request.target, request.options, request.words, identity,
          interrupt: interrupt)
        let targets = try Queue.hypertables(on: lock).target
        try Checklist([RowSecurity.find(on: lock, targets)]).refuse()
        let remade = try archive.hypertables(remadeOn: lock)
        if !remade.isEmpty {
          let finding = Finding.archive(
            .remade(
              directory: archive.directory.path, remade.map(\.knownName), isMended: work == .copying))
          guard work == .copying else { throw CommandFailure.failed(finding) }
          reporter.report(.warning(finding))
        }
        let selected = try SelectedTasks.select(
          work, request.options, remade: Set(remade.map(\.name)), queue: lock)
        for note in selected.notes(work) { reporter.report(.note(.work(note))) }
        setting.queue = Queue(run: setting.queue.run, scope: selected.scope, words: request.words)
        let counts = try Queue.counts(on: lock, selected.scope)
        let isNeeded = work.open(in: counts) > 0
        let loading =
          work == .copying && isNeeded
          ? try checkedHazards(installation, targets, request.options, reporter, on: lock) : []
        let record = request.identity.record(
          of: command, from: archive.manifest.source.recorded,
          to: ConnectedDatabase(lock, installation).recorded, name: setting.queue.run)
        let runID = isNeeded ? try record.begin(on: lock) : nil
        let overview = isNeeded ? try Overview(work, archive.hypertables, target: lock) : Overview()
        try lock.execute(RunLock.mark(setting.queue.run), doing: "marking the session as this run's")
        return QueueSession(
          setting: setting,
          pairSetting: PairSetting(source: nil, target: installation, loadingUserFunctions: loading),
          work: work, command: command, selected: selected, counts: counts, hypertables: archive.hypertables,
          overview: overview, runID: runID, held: LockSession(lock))
      }
    }
  }

  /// Which database it is, after making sure that its queue is the archive's.
  private static func identity(
    of archive: ReadArchive, on lock: borrowing Connection
  ) throws -> DatabaseIdentity {
    guard try QueueSchema.exists(on: lock) else {
      throw CommandFailure.failed(.archive(.notImported(directory: archive.directory.path)))
    }
    try QueueSchema.bringUpToDate(on: lock)
    guard try StagedDatabases.archive(on: lock).hasSameBytes(as: archive.manifest.id) else {
      throw CommandFailure.failed(.archive(.otherQueue(directory: archive.directory.path)))
    }
    let target = try Fingerprint.find(on: lock)
    let recorded = try StagedDatabases.recorded(on: lock).target
    let differences = recorded.map { target.differences(from: $0) } ?? []
    guard differences.isEmpty else {
      let sided = differences.map { DatabaseDifference(side: .target, fact: .identity($0)) }
      throw CommandFailure.failed(.queue(.stagedElsewhere(sided, .work)))
    }
    return DatabaseIdentity(source: nil, target: target, stagedPosition: nil)
  }
}

extension SelectedTasks {
  /// Of a queue whose hypertables nobody can be asked for: all that is open. Again means what differed, or for verifying
  /// all that is copied.
  ///
  /// - Parameter remade: those of the archive whose rows went with a hypertable of the target, and are copied again.
  fileprivate static func select(
    _ work: Queue.Work, _ options: WorkOptions, remade: Set<QualifiedName>, queue: borrowing Connection
  ) throws -> SelectedTasks {
    var again = Repetition.Result()
    if work == .copying, !remade.isEmpty {
      again = try Repetition(work, Queue.Scope(hypertables: remade)).perform(on: queue)
    }
    if options.selection.again {
      let differing = try Repetition(
        work, Queue.Scope(onlyDiffering: options.selection.onlyDiffering)
      ).perform(on: queue)
      again.chunks += differing.chunks
      again.held += differing.held.filter { !again.held.contains($0) }
    }
    return SelectedTasks(
      scope: Queue.Scope(onlyDiffering: work == .verifying && options.selection.onlyDiffering), again: again,
      isNarrowed: work == .verifying && options.selection.onlyDiffering, hypertables: nil)
  }
}

extension ReadArchive {
  /// Hypertables of which the target has none of the rows that were imported, as it has dropped its own and made it again.
  fileprivate func hypertables(remadeOn target: borrowing Connection) throws(PostgresError) -> [Hypertable] {
    let ours = Dictionary(
      try Hypertable.all(on: target).map { ($0.knownName, $0.id) }, uniquingKeysWith: { first, _ in first })
    let tasks = Dictionary(grouping: try TaskExtent.all(on: target), by: \.hypertable)
    return hypertables.filter { hypertable in
      guard let id = ours[hypertable.knownName] else { return false }
      return tasks[hypertable.name]?.contains { $0.isLost(to: id) } ?? false
    }
  }
}
