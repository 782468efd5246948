import ChunkCatalog
import Postgres

extension MigrationReport {
  /// Everything that went wrong, with what became of it. Of what happened before the queue remembered it, tasks tell the
  /// last failure and the last difference, as long as they aren't resolved.
  static func incidents(
    _ tasks: [ReportedTask], _ record: QueueRecord, _ doers: Doers
  ) -> [ReportedIncident] {
    let byKey = Dictionary(
      tasks.map { ($0.facts.priority, $0) }, uniquingKeysWith: { first, _ in first })
    let remembered = Dictionary(grouping: record.incidents, by: \.priority)
    let forgotten = tasks.flatMap { task in
      RecordedIncident.told(by: task.facts).filter { told in
        !(remembered[task.facts.priority] ?? []).contains { $0.kind == told.kind }
      }
    }
    let all = record.incidents + forgotten
    let last = Dictionary(
      all.enumerated().map { (Key($1), $0) }, uniquingKeysWith: { max($0, $1) })
    return all.enumerated().map { index, facts in
      let task = byKey[facts.priority].flatMap { $0.facts.chunk == facts.chunk ? $0 : nil }
      return ReportedIncident(
        facts, place: task?.place ?? record.place(facts), run: doers.run(named: facts.run),
        resolution: ReportedIncident.resolution(of: facts, isLast: last[Key(facts)] == index, task))
    }.sorted { ($0.facts.at ?? record.shape.now) < ($1.facts.at ?? record.shape.now) }
  }

  /// What happens again and again is one thing that has to be resolved.
  private struct Key: Hashable {
    let priority: Int64
    let kind: Incident.Kind
    let work: Queue.Work

    init(_ incident: RecordedIncident) {
      priority = incident.priority
      kind = incident.kind
      work = incident.work
    }
  }
}

extension ReportedIncident {
  /// What became of something that went wrong with a task, as the task is now.
  ///
  /// - Parameter isLast: it didn't happen again.
  static func resolution(
    of facts: RecordedIncident, isLast: Bool, _ task: ReportedTask?
  ) -> Resolution {
    guard let task else { return .removed }
    if isLast, stands(facts, task.facts) { return .open }
    func isLater(_ work: RecordedTask.Work?) -> Timestamp? {
      guard let end = work?.ended else { return nil }
      return facts.at.map { end > $0 } ?? true ? end : nil
    }
    let copied = isLater(task.facts.copied)
    if facts.work == .copying {
      if let copied { return .copied(by: task.copiedBy, at: copied) }
    } else {
      if let verified = isLater(task.facts.verified) { return .verified(by: task.verifiedBy, at: verified) }
      if isLast, let copied { return .copied(by: task.copiedBy, at: copied) }
    }
    if !isLast { return .repeated }
    // Of a chunk in parts only one is said to differ.
    return task.facts.copied != nil && facts.work == .verifying ? .open : .pending
  }

  /// The task is as it was left by this.
  private static func stands(_ facts: RecordedIncident, _ task: RecordedTask) -> Bool {
    switch facts.kind {
    case .differed: task.state == .differing
    case .failed:
      (task.state == .failed || task.error != nil) && (facts.work == .copying) == (task.copied == nil)
    }
  }
}

extension RecordedIncident {
  /// What a task tells of itself.
  fileprivate static func told(by task: RecordedTask) -> [RecordedIncident] {
    func incident(_ kind: Incident.Kind, _ work: Queue.Work, _ at: Timestamp?, _ message: String) -> Self {
      RecordedIncident(
        priority: task.priority, kind: kind, work: work, run: nil, at: at, chunk: task.chunk,
        hypertable: task.hypertable, message: message)
    }
    var told: [RecordedIncident] = []
    if let error = task.error {
      told.append(incident(.failed, task.copied == nil ? .copying : .verifying, task.failedAt, error))
    }
    if task.state == .differing {
      told.append(incident(.differed, .verifying, task.differedAt, task.verifyMessage ?? ""))
    }
    return told
  }
}

extension QueueRecord {
  /// Of a task that isn't there any more.
  fileprivate func place(_ incident: RecordedIncident) -> TaskPlace {
    TaskPlace(
      priority: incident.priority, hypertable: aggregates[incident.hypertable] ?? incident.hypertable,
      chunk: incident.chunk)
  }
}
