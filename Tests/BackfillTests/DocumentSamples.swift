import ChunkCatalog
import Postgres
import TimescaleDB
import Waiting

@testable import BackfillCommands
@testable import backfill

/// Results with a value in every place that has one, as far as one result can have them all.
enum DocumentSample {
  static let readings = QualifiedName("public", "readings")
  static let serverError: PostgresError = {
    var error = PostgresError(
      kind: .refusedByServer, side: .target, operation: "copying", sqlState: "23514", message: "ERROR: no")
    error.detail = "a row"
    error.relation = readings
    return error
  }()

  static func task(_ priority: Int64 = 5) -> TaskPlace {
    StatusExample.place(priority, part: .init(number: 2, count: 5))
  }

  static var finished: FinishedChunk {
    var chunk = Sample.finished(remarks: [
      .copying(.asText(.columns([Identifier("kind")]))),
      .copying(.compressedAnew(.order(of: Identifier("name")))),
      .copying(.throughHypertable), .copying(.part(number: 2, of: 5)),
    ])
    chunk.task = task()
    chunk.expectedBytes = 30_000_000
    return chunk
  }

  static var failed: FailedChunk {
    var chunk = Sample.failed(because: .server(serverError))
    chunk.task = task()
    return chunk
  }

  static var unstaged: UnstagedChunks {
    UnstagedChunks(
      hypertable: readings, count: 3,
      shown: [.init(name: Sample.chunk(), from: .time("2024-01-01"), to: .time("2024-01-02"))],
      from: .time("2024-01-01"), until: .time("2024-01-31"), filter: "^public\\.readings$")
  }

  static var staged: StageResult {
    var relation = StagedRelation(name: readings, kind: .hypertable)
    (relation.chunks, relation.compressedChunks, relation.cut) = (9, 7, 1)
    (relation.splitChunks, relation.parts, relation.bytes, relation.rows) = (2, 6, 12_345_678_901, 1_234_567)
    relation.remarks = [
      .asText(chunks: 2, columns: [Identifier("kind")]), .outsideWindow(chunks: 3), .alreadyStaged(chunks: 1),
      .tiered(chunks: 4), .throughHypertable(chunks: 5), .decompressed(chunks: 6),
      .compressedAnew(chunks: 7, columns: [Identifier("a")]), .storedUncompressed(chunks: 8),
    ]
    var result = StageResult()
    result.relations = [relation]
    (result.staged, result.alreadyStaged, result.replaced) = (13, 11, 4)
    (result.splitChunks, result.parts, result.hypertables, result.createdChunks) = (2, 6, 1, 5)
    result.duration = .milliseconds(1520)
    return result
  }

  static var checked: CheckResult {
    var result = CheckResult()
    let role = Identifier("app")
    result.findings = [
      .init(.stop, .databases(.mayNotCreateQueue(database: Identifier("metrics"), role: role))),
      .init(.warning, .schema(.unlogged(.source, [UnloggedRelation(hypertable: readings, chunks: nil)]))),
      .init(.note, .versions(.untried(version: "2.99.0"))),
    ]
    result.measurement = Measurement(
      sourceRoundTrip: .microseconds(250), targetRoundTrip: .milliseconds(12),
      reading: [.init(sessions: 1, bytesPerSecond: 1e8), .init(sessions: 2, bytesPerSecond: 1.9e8)],
      writing: [.init(sessions: 1, bytesPerSecond: 6e7), .init(sessions: 2, bytesPerSecond: 6.2e7)],
      bytes: 12_000_000_000)
    result.duration = .milliseconds(740)
    return result
  }

  static var copied: CopyResult {
    var result = CopyResult()
    (result.chunks, result.skipped, result.rows, result.bytes) = (12, 1, 432_000, 1_200_000_000)
    result.failures = [failed]
    result.rest = RestOfWork(
      remaining: 6, withOthers: 2,
      held: [
        HeldChunk(
          chunk: Sample.chunk(),
          holder: .session(
            ServerSession(
              process: 7, role: "app", application: "psql", address: "10.0.0.1",
              since: Timestamp(microseconds: 1_767_323_045_000_000)))),
        HeldChunk(
          chunk: Sample.chunk("b"),
          holder: .preparedTransaction(
            name: "two", role: "app", since: Timestamp(microseconds: 1_767_323_045_000_000))),
        HeldChunk(chunk: Sample.chunk("c"), holder: .unknown),
      ])
    result.again = Repetition.Result(chunks: 3, held: [Sample.chunk("d")])
    result.unstaged = [unstaged]
    result.duration = .seconds(184)
    return result
  }

  static var verified: VerifyResult {
    var result = VerifyResult()
    result.thoroughness = .sample(percent: 10)
    result.sampled = (chunks: 17, all: 170)
    (result.verified, result.differing, result.rows) = (11, 1, 4321)
    var differing = finished
    differing.outcome = .differs
    differing.remarks = [
      .comparison(
        .differs(
          Difference(
            sourceRows: 10, targetRows: 10, columns: [Identifier("value")],
            ends: .init(first: "2024-01-01 05:00:00+00", last: "2024-01-01 06:00:00+00"))))
    ]
    result.differences = [differing]
    result.failures = [failed]
    result.rest = copied.rest
    result.again = copied.again
    result.unstaged = [unstaged]
    result.strays = [
      StrayRows(
        hypertable: readings, rows: 9, first: .time("2024-01-01"), last: .time("2024-01-02"),
        deletions: ["DELETE FROM readings"], chunks: 2)
    ]
    result.duration = .seconds(77)
    return result
  }

  static var estimated: VerifyResult {
    var estimates = Estimates()
    estimates.hypertables = [.init(name: readings, chunks: 2, source: 2000.5, target: 1990)]
    estimates.apart = [.init(name: Sample.chunk(), source: 100, target: 60)]
    estimates.farApart = [.init(name: Sample.chunk(), source: 100, target: 0)]
    estimates.stale = [(Sample.chunk(), [.source, .target])]
    estimates.unknown = [(Sample.chunk(), [.target])]
    (estimates.noted, estimates.leftOut) = (1, 3)
    var result = VerifyResult()
    result.thoroughness = .estimate
    result.estimates = estimates
    return result
  }

  static var moved: SchemaResult {
    var result = SchemaResult()
    result.steps = [.init(step: .roles(created: 1, kept: 2, memberships: 0), duration: .seconds(1))]
    result.createdRoles = [Identifier("app")]
    (result.keptRoles, result.rolesWithoutPassword) = ([Identifier("postgres")], [Identifier("app")])
    (result.isDatabaseCreated, result.hypertables, result.objects, result.jobsOff) = (true, 3, 20, 5)
    result.retention = [ScheduledJob(id: 1000, procedure: "policy_retention", hypertable: readings)]
    result.tables = [.init(name: readings, rows: 7, isMerged: true)]
    result.sequences = 2
    result.revoking = ["REVOKE CREATE ON DATABASE metrics FROM app"]
    result.duration = .seconds(2)
    return result
  }

  static var refreshed: RefreshResult {
    var result = RefreshResult()
    result.aggregates = [aggregate, RefreshedAggregate(view: readings, range: nil, duration: .zero)]
    (result.refreshed, result.upToDate) = (1, 1)
    result.failures = [FailedAggregate(view: readings, reason: .refused(view: readings, serverError))]
    result.duration = .seconds(3)
    return result
  }

  static var written: RefreshResult {
    var result = RefreshResult()
    result.written = (path: "w.json", aggregates: 3)
    return result
  }

  static var aggregate: RefreshedAggregate {
    RefreshedAggregate(view: readings, range: (from: "2024-01-01", to: "2024-02-01"), duration: .seconds(2))
  }

  static var exported: ExportResult {
    var result = ExportResult()
    result.directory = "/mnt/disk"
    (result.written, result.kept, result.left, result.rows) = (7, 3, 1, 4321)
    (result.bytes, result.copiedBytes, result.duration) = (1_000_000, 9_000_000, .seconds(3))
    result.batches = 4
    result.failures = [failed]
    return result
  }

  static var imported: ImportResult {
    var result = ImportResult()
    result.directory = "/mnt/disk"
    (result.files, result.done, result.rows, result.bytes) = (20, 12, 4321, 9_000_000)
    result.failures = [failed]
    result.rest = copied.rest
    result.duration = .seconds(3)
    return result
  }

  static var cleaned: CleanResult {
    var result = CleanResult()
    (result.removedTasks, result.uncopiedTasks, result.restoredChunks) = (5, 2, 3)
    result.recordedJobs = 1
    result.removedLoads = 2
    return result
  }

  static func job(_ id: Int64 = 1002, _ outcome: HandledJob.Outcome? = nil) -> HandledJob {
    var job = HandledJob(
      id: id,
      identity: JobIdentity(
        procedure: QualifiedName("_timescaledb_functions", "policy_retention"), relation: readings,
        config: #"{"drop_after": "1 year"}"#),
      owner: Identifier("app"),
      schedule: JobSchedule(
        interval: "1 day", initialStart: "2026-02-01 02:00:00+00", timezone: "Europe/Berlin"),
      isScheduled: true,
      isRecorded: false, outcome: outcome)
    job.nextStart = StatusExample.now
    job.lastRun = BackgroundJob.LastRun(began: StatusExample.now, hasSucceeded: true)
    job.worker = JobWorker(job: id, process: 7, since: StatusExample.now)
    return job
  }

  static func jobs(_ action: JobsResult.Action, _ outcomes: HandledJob.Outcome?...) -> JobsResult {
    var result = JobsResult(action)
    result.jobs = outcomes.enumerated().map { job(1000 + Int64($0), $1) }
    result.recorded = 1
    return result
  }

  /// What ran to its end, and has all of its members.
  static var worked: [Outcome] {
    var nothingToCopy = CopyResult()
    nothingToCopy.doneBefore = 141
    var nothingToVerify = VerifyResult()
    nothingToVerify.doneBefore = (verified: 5, uncopied: 2)
    return [
      .checked(checked), .moved(moved), .staged(staged), .copied(copied), .copied(nothingToCopy),
      .verified(verified),
      .verified(estimated),
      .verified(nothingToVerify), .refreshed(refreshed), .refreshed(written),
      .cleaned(cleaned), .stated(StatusExample.busy),
      .exported(exported), .imported(imported),
      .stated(ended), .reported(reported), .jobs(jobs(.off, .turnedOff, .offAlready, .leftOn)),
      .jobs(jobs(.on, .turnedOn, .onAlready, .leftOff, .lost)), .jobs(jobs(.list, nil)), .loaded(loaded),
    ]
  }

  static let loaded: LoadResult = {
    var result = LoadResult()
    result.table = readings
    result.outcome = LoadMark.Outcome(rows: 1000, leftOut: 20, rejected: 3, passedOver: 4)
    result.before = LoadMark.Outcome(rows: 500)
    (result.bytes, result.batches, result.files, result.replaced) = (54_321, 7, 2, 11)
    result.rejects = ("bad.csv", 3)
    result.duration = .seconds(2)
    return result
  }()

  static let reported = ReportResult(
    file: ReportFile(path: "r.html"), bytes: 54_321, tasks: 141, verdict: .verified)

  /// With a run that has ended, and one that is silent.
  private static var ended: StatusResult {
    var result = StatusExample.busy
    result.runs[0].state = .silent
    result.runs[0].silentSince = StatusExample.now
    var record = result.runs[0].record
    record?.ended = StatusExample.now
    record?.outcome = "done"
    result.runs.append(RunStatus(command: "copy", state: .ended, record: record))
    result.next = .copy
    result.recordedJobs = 4
    return result
  }

  /// The command that ends like that.
  static func command(of outcome: Outcome) throws -> Command {
    let words: [String] =
      switch outcome {
      case .checked: ["check"]
      case .moved: ["schema"]
      case .staged: ["stage", "--until=5"]
      case .copied, .failed: ["copy"]
      case .verified: ["verify"]
      case .cleaned: ["clean"]
      case .refreshed: ["refresh-caggs"]
      case .stated: ["status"]
      case .reported: ["report", "--output=r.html"]
      case .exported: ["export", "--output=/mnt/disk", "--until=5"]
      case .imported: ["import", "--input=/mnt/disk"]
      case .jobs(let result): ["jobs", result.action.rawValue]
      case .loaded: ["load", "--table=t", "a.csv"]
      }
    return try command(words)
  }

  static func command(_ words: [String]) throws -> Command {
    let both = ["BACKFILL_SOURCE": "host=s password=secret", "BACKFILL_TARGET": "host=t"]
    guard case .run(let command) = try CommandLineParser.parse(words, environment: both) else {
      throw NoCommand(words: words)
    }
    return command
  }

  private struct NoCommand: Error {
    let words: [String]
  }

  static var told: Told {
    var told = Told()
    var source = StatusExample.database
    source.side = .source
    told.databases = [.source: source, .target: StatusExample.database]
    told.warnings = [Message(.warning, .server(serverError))]
    told.notes = [Message(.note, .queue(.windowsUnknown))]
    return told
  }

  static func document(_ outcome: Outcome) throws -> Document {
    let exit = outcome.exitCode(stage: .running)
    return Document(
      outcome, of: try command(of: outcome), exit: exit, told: told, started: StatusExample.now)
  }

  /// Every kind of event.
  static let events: [Event] = [
    .connected(StatusExample.database), .warning(.server(serverError)), .note(.queue(.windowsUnknown)),
    .planned(Workload(tasks: 3, tasksBefore: 2, bytes: 90_000_000, bytesBefore: 10_000_000)),
    .began(worker: 0, StartedChunk(chunk: Sample.chunk(), expectedBytes: 30_000_000, task: task())),
    .began(worker: 1, StartedChunk(chunk: Sample.chunk(), expectedBytes: 30_000_000, task: task(6))),
    .moved(worker: 0, bytes: 1_000_000), .finished(finished), .moved(worker: 1, bytes: 15_000_000),
    .refreshing(RefreshStep(view: readings, batch: 2, batches: 5, to: "2024-01-09")), .refreshed(aggregate),
    .loading(LoadProgress(rows: 1234, bytes: 5_000_000, allBytes: 20_000_000, duration: .seconds(2))),
  ]
}
