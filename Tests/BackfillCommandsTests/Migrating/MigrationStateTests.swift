import ChunkCatalog
import Postgres
import TestConnections
import Testing
import TimescaleDB

@testable import BackfillCommands

@Suite("What a migration does next") struct MigrationStateTests {
  typealias Row = Case<(state: MigrationState, knowledge: MigrationState.Knowledge), MigrationAction>
  typealias Mark = MigrationRecord.Mark

  private static let nothing = MigrationState.Tasks(all: 0, uncopied: 0, unverified: 0)
  private static let uncopied = MigrationState.Tasks(all: 9, uncopied: 4, unverified: 5)
  private static let unverified = MigrationState.Tasks(all: 9, uncopied: 0, unverified: 2)
  private static let verified = MigrationState.Tasks(all: 9, uncopied: 0, unverified: 0)
  private static let replaced = tasks { $0.replaced = 3 }
  private static let copiedLater = tasks { $0.lastCopied = Timestamp(microseconds: 2) }
  private static let copiedBefore = tasks { $0.lastCopied = Timestamp(microseconds: 1) }

  private static func tasks(_ change: (inout MigrationState.Tasks) -> Void) -> MigrationState.Tasks {
    var tasks = verified
    change(&tasks)
    return tasks
  }

  private static let choice = MigrationRecord.Choice(until: ["2026-01-01"])

  private static func knowing(
    checked: Bool = false, rows: Bool = false, changes: Bool = false
  ) -> MigrationState.Knowledge {
    var knowledge = MigrationState.Knowledge()
    (knowledge.isChecked, knowledge.acceptsRows, knowledge.changesChoice) = (checked, rows, changes)
    return knowledge
  }

  private static func begun(
    _ marks: [Mark], _ choice: MigrationRecord.Choice? = nil, _ tasks: MigrationState.Tasks = nothing,
    jobsOn: Bool = false, recorded: Int = 0
  ) -> MigrationState {
    var state = MigrationState(target: .ready(hasRows: false))
    let known = Dictionary(uniqueKeysWithValues: marks.map { ($0, Timestamp(microseconds: 1)) })
    state.record = MigrationRecord(
      source: Fingerprint(parts: [:]), target: Fingerprint(parts: [:]), marks: known, choice: choice)
    (state.tasks, state.hasJobsOn, state.recordedJobs) = (tasks, jobsOn, recorded)
    return state
  }

  private static let staged: [Mark] = [.schema, .writing, .staged]
  private static let copied = staged + [.copied]
  private static let refreshed = copied + [.verified, .refreshed]

  private static let before: [Row] = [
    Row("no database", (MigrationState(target: .missing), knowing()), .step(.schema)),
    Row("no extension", (MigrationState(target: .lacksTimescaleDB), knowing()), .step(.schema)),
    Row("half a schema", (MigrationState(target: .restoring), knowing(checked: true)), .step(.schema)),
    Row("no hypertables", (MigrationState(target: .lacksHypertables), knowing()), .step(.check)),
    Row(
      "no hypertables, checked", (MigrationState(target: .lacksHypertables), knowing(checked: true)),
      .step(.schema)),
    Row("empty hypertables", (MigrationState(target: .ready(hasRows: false)), knowing()), .begin),
    Row("rows", (MigrationState(target: .ready(hasRows: true)), knowing(checked: true)), .confirmTarget),
    Row(
      "rows that are accepted", (MigrationState(target: .ready(hasRows: true)), knowing(rows: true)), .begin),
    Row("begun", (begun([.schema]), knowing()), .step(.check)),
    Row(
      "jobs of a schema that was there", (begun([], jobsOn: true), knowing(checked: true)), .step(.jobsOff)),
    Row(
      "jobs that jobs off could leave on", (begun([.jobsOff], jobsOn: true), knowing(checked: true)),
      .step(.writing)),
    Row(
      "jobs that schema has left on", (begun([.schema], jobsOn: true), knowing(checked: true)),
      .step(.writing)),
    Row("checked", (begun([.schema]), knowing(checked: true)), .step(.writing)),
    Row("written to both", (begun([.schema, .writing]), knowing(checked: true)), .step(.completionPoint)),
    Row("chosen", (begun([.schema, .writing], choice), knowing(checked: true)), .step(.stage)),
    Row("chosen, in another run", (begun([.schema, .writing], choice), knowing()), .step(.check)),
    Row(
      "chosen without anybody writing to both", (begun([.schema], choice), knowing(checked: true)),
      .step(.writing)),
    Row(
      "chosen otherwise", (begun([.schema, .writing], choice), knowing(checked: true, changes: true)),
      .step(.completionPoint)),
  ]

  private static let after: [Row] = [
    Row("staged", (begun(staged, choice, uncopied), knowing()), .step(.copy)),
    Row(
      "staged with jobs on", (begun([.writing, .staged], choice, uncopied, jobsOn: true), knowing()),
      .step(.copy)),
    Row("staged, and the queue is gone", (begun(staged, choice), knowing(checked: true)), .step(.stage)),
    Row("staged by another", (begun([.writing], choice, uncopied), knowing(checked: true)), .step(.stage)),
    Row(
      "copied, but for what the end of a run finds", (begun(staged, choice, verified), knowing()),
      .step(.copy)),
    Row("copied", (begun(copied, choice, unverified), knowing()), .step(.verify)),
    Row("staged again after copying", (begun(copied, choice, uncopied), knowing()), .step(.copy)),
    Row(
      "verified, but for what the end of a run finds", (begun(copied, choice, verified), knowing()),
      .step(.verify)),
    Row(
      "verified", (begun(copied + [.verified], choice, verified), knowing()), .step(.refreshCaggs)),
    Row("copied again after verifying", (begun(refreshed, choice, unverified), knowing()), .step(.verify)),
    Row("refreshed", (begun(refreshed, choice, verified, recorded: 3), knowing()), .step(.jobsOn)),
    Row(
      "a hypertable created again after verifying", (begun(refreshed, choice, replaced), knowing()),
      .step(.stage)),
    Row(
      "copied again after refreshing", (begun(refreshed, choice, copiedLater), knowing()),
      .step(.refreshCaggs)),
    Row("copied before refreshing", (begun(refreshed, choice, copiedBefore), knowing()), .step(.jobsOn)),
    Row("refreshed, without jobs", (begun(refreshed, choice, verified), knowing()), .step(.jobsOn)),
    Row(
      "jobs that could not be turned on",
      (begun(refreshed + [.jobsOn], choice, verified, recorded: 1), knowing()), .step(.jobsOn)),
    Row(
      "jobs on, and staged again",
      (begun(refreshed + [.jobsOn], choice, uncopied, jobsOn: true), knowing()), .step(.copy)),
    Row(
      "jobs on", (begun(refreshed + [.jobsOn], choice, verified, jobsOn: true), knowing()), .step(.clean)),
  ]

  @Test("is seen on the target", arguments: before + after) func next(row: Row) {
    #expect(row.input.state.next(row.input.knowledge) == row.expected)
  }

  @Test("has a mark for every step that the target does not show") func marks() {
    let marks = MigrationStep.allCases.compactMap(\.mark)
    #expect(Set(marks) == Set(Mark.allCases).subtracting([.schema, .writing]))
  }
}

@Suite("The suggested completion point") struct CompletionAdviceTests {
  private static let minute: Int64 = 60_000_000
  private static func at(_ minutes: Double) -> Timestamp {
    Timestamp(microseconds: Int64(minutes * Double(minute)))
  }

  @Test(
    "is a full minute after now and after rows of clocks that are ahead",
    arguments: [
      Case("within a minute", (at(10.2), []), at(11)),
      Case("on the minute", (at(10), []), at(11)),
      Case("rows that are ahead", (at(10.2), [at(12.5), at(11.1)]), at(13)),
      Case("rows an hour ahead", (at(10), [at(70)]), at(71)),
      Case("rows of the future", (at(10.2), [at(71), at(5000)]), at(11)),
      Case("before 1970", (at(-10.5), []), at(-9)),
    ] as [Case<(Timestamp, [Timestamp]), Timestamp>])
  func suggestion(row: Case<(Timestamp, [Timestamp]), Timestamp>) {
    #expect(CompletionAdvice.suggestion(now: row.input.0, newest: row.input.1) == row.expected)
  }

  @Test(
    "is waited for, with a grace",
    arguments: [
      Case("to come", at(12), .seconds(130)), Case("just there", at(10), .seconds(10)),
      Case("long past", at(9), .zero), Case("none", nil, .zero),
    ] as [Case<Timestamp?, Duration>])
  func wait(row: Case<Timestamp?, Duration>) {
    var review = CompletionReview(now: Self.at(10))
    review.last = row.input
    #expect(review.wait == row.expected)
  }
}
