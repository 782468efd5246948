import ChunkCatalog
import Postgres
import TimescaleDB

/// The tasks that a run is about, after those that are to be done again were made open.
struct SelectedTasks: Sendable {
  /// What the run's workers go by.
  let scope: Queue.Scope
  /// What was made open to be done again.
  let again: Repetition.Result
  /// Some open tasks are left out.
  let isNarrowed: Bool
  /// The source's, where they were asked for.
  let hypertables: [Hypertable]?

  /// - Parameter queue: a session with the queue's lock.
  /// - Throws: `CommandFailure` for a filter that is no regular expression, or matches nothing; `PostgresError`.
  static func select(
    _ work: Queue.Work, _ options: WorkOptions, source: borrowing Connection, queue: borrowing Connection
  ) throws -> SelectedTasks {
    let selection = options.selection
    let chosen = try selection.scope(on: source)
    var scope = chosen.scope
    switch work {
    case .copying:
      // Whatever is uncopied is copied, as ever.
      let again = selection.again ? try Repetition(work, scope).perform(on: queue) : Repetition.Result()
      return SelectedTasks(scope: .all, again: again, isNarrowed: false, hypertables: chosen.hypertables)
    case .verifying:
      let marks = options.thoroughness.marks
      scope.includesVerified = selection.again
      if case .sample(let percent) = options.thoroughness {
        scope.sample = try Queue.Sample.choose(
          percent, in: scope, seed: .random(in: 0 ... .max), on: queue)
      }
      // What marks nothing as verified looks at verified chunks without unmarking them first.
      scope.includesVerified = selection.again && !marks
      let again =
        selection.again && marks ? try Repetition(work, scope).perform(on: queue) : Repetition.Result()
      return SelectedTasks(
        scope: scope, again: again, isNarrowed: selection.isNarrowed, hypertables: chosen.hypertables)
    }
  }

  /// What to tell before the work begins.
  func notes(_ work: Queue.Work) -> [WorkFinding] {
    var notes: [WorkFinding] = []
    if again.chunks > 0 {
      notes.append(
        work == .copying ? .copiedAgain(chunks: again.chunks) : .verifiedAgain(chunks: again.chunks))
    }
    if let sample = scope.sample { notes.append(.sampled(chunks: sample.chunks, all: sample.all)) }
    return notes
  }
}
