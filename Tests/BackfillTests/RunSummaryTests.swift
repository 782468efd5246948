import ChunkCatalog
import Postgres
import TestConnections
import Testing
import Waiting

@testable import BackfillCommands
@testable import backfill

/// A result with some of its values set.
private func made<Value>(_ value: Value, _ change: (inout Value) -> Void) -> Value {
  var value = value
  change(&value)
  return value
}

@Suite("A run's end")
struct RunSummaryTests {
  struct Row: Sendable {
    var lines: [String]
    var problems: [String] = []
    var code: ExitCode
    var stage = Interrupt.Stage.running
  }
  typealias End = Case<Outcome, Row>

  static let checks: [End] = [
    End(
      "something stops", .checked(DocumentSample.checked),
      Row(
        lines: [
          "What stops the migration:",
          "  target: the role \"app\" may not create the schema __backfill, which holds the queue",
          "    mend: GRANT CREATE ON DATABASE \"metrics\" TO \"app\";", "", "Warnings:",
          "  unlogged on the source, where a crash empties them and a later copy would empty the target, too: hypertable "
            + "\"public\".\"readings\"",
          "    mend: ALTER TABLE \"public\".\"readings\" SET LOGGED;", "", "Notes:",
          "  TimescaleDB 2.99.0 is newer than this program knows; it is treated as the newest version that it knows",
          "", "Measured:", "  Round trip: 0.25 ms to the source, 12.00 ms to the target",
          "  Reading from the source: 100.0 MB/s with 1 session, 190.0 MB/s with 2 sessions",
          "  Writing to a temporary table on the target: 60.0 MB/s with 1 session, 62.0 MB/s with 2 sessions",
          "  With --parallelism 1, copying 12.0 GB takes about 3m 20s, and more if there are indexes to build",
          "",
          "Checked: 1 stop, 1 warning, 1 note", "Next: timescaledb-backfill check",
        ], code: .failed)),
    End(
      "nothing found", .checked(CheckResult()),
      Row(
        lines: ["Checked: 0 stops, 0 warnings, 0 notes", "Next: timescaledb-backfill stage"], code: .done)),
    End(
      "an empty target", .checked(made(CheckResult()) { $0.isTargetEmpty = true }),
      Row(
        lines: ["Checked: 0 stops, 0 warnings, 0 notes", "Next: timescaledb-backfill schema"], code: .done)),
    End(
      "refused for several reasons",
      .failed(
        .refused([.databases(.targetIsStandby), .versions(.timescaleTooOld(version: "2", oldest: "3"))])),
      Row(
        lines: [],
        problems: [
          "error: target: this server is a standby, which takes no writes", "hint: connect to the primary",
          "error: TimescaleDB 2 is older than 3, the oldest supported version",
          "hint: update the extension on both sides first",
        ], code: .failed)),
  ]

  static let stages: [End] = [
    End(
      "staged",
      .staged(
        made(StageResult()) {
          $0.staged = 12
          $0.hypertables = 3
          $0.alreadyStaged = 4
          $0.createdChunks = 1
          $0.duration = .milliseconds(520)
        }),
      Row(
        lines: [
          "Staged 12 chunks to copy in 0.52s (of 3 hypertables; 4 more were staged already; "
            + "1 chunk created on the target)", "Next: timescaledb-backfill copy",
        ], code: .done)),
    End(
      "would be staged",
      .staged(
        made(StageResult()) {
          $0.isDryRun = true
          $0.staged = 14
          $0.parts = 4
          $0.splitChunks = 1
          $0.hypertables = 2
          $0.replaced = 1
          $0.createdChunks = 3
          $0.relations = [
            made(StagedRelation(name: QualifiedName("public", "Big readings"), kind: .hypertable)) {
              $0.chunks = 9
              $0.compressedChunks = 7
              $0.cut = 1
              $0.splitChunks = 1
              $0.parts = 4
              $0.bytes = 12_345_678_901
              $0.rows = 1_234_567
              $0.remarks = [
                .throughHypertable(chunks: 2), .asText(chunks: 2, columns: [Identifier("kind")]),
                .decompressed(chunks: 1), .outsideWindow(chunks: 3),
              ]
            },
            made(StagedRelation(name: QualifiedName("public", "daily"), kind: .aggregate)) {
              $0.chunks = 2
              $0.bytes = 999
              $0.rows = nil
              $0.remarks = [
                .compressedAnew(chunks: 1, columns: [Identifier("a")]), .storedUncompressed(chunks: 1),
                .alreadyStaged(chunks: 1), .tiered(chunks: 4),
              ]
            },
          ]
        }),
      Row(
        lines: [
          #"Relation                 Kind        Chunks  Compressed  Cut  In parts     Size  Rows, about"#,
          #""public"."Big readings"  hypertable       9           7    1         1  12.3 GB      1234567"#,
          #""public"."daily"         aggregate        2           0    0         0    999 B            ?"#,
          #"Total                                    11           7    1         1  12.3 GB            ?"#,
          "  \"public\".\"Big readings\": slow: 2 chunks through the hypertable, as the target has no chunk with the same bounds",
          "  \"public\".\"Big readings\": slow: 2 chunks as text, for column \"kind\"",
          "  \"public\".\"Big readings\": slow: 1 compressed chunk row by row, as only a part of the chunk is in the window",
          "  \"public\".\"Big readings\": 3 chunks outside of the window left out",
          "  \"public\".\"daily\": slow: 1 chunk compressed anew on the target, as batches cannot carry the type of column \"a\"",
          "  \"public\".\"daily\": slow: 1 compressed chunk stored uncompressed, as the target's hypertable has no compression",
          "  \"public\".\"daily\": 1 chunk staged already",
          "  \"public\".\"daily\": 4 chunks tiered to object storage left out",
          "Would stage 11 chunks to copy (of 2 hypertables; uncopied tasks of 1 chunk to be replaced; "
            + "3 chunks to be created on the target; 1 large chunk in 4 parts); nothing was written",
        ], code: .done)),
    End(
      "nothing to stage", .staged(made(StageResult()) { $0.hypertables = 1 }),
      Row(lines: ["Staged 0 chunks to copy in 0.00s (of 1 hypertable)"], code: .done)),
  ]

  static let copies: [End] = [
    End(
      "copied",
      .copied(
        made(CopyResult()) {
          $0.chunks = 12
          $0.skipped = 1
          $0.rows = 432_000
          $0.bytes = 1_200_000_000
          $0.duration = .seconds(184)
        }),
      Row(
        lines: [
          "Skipped 1 chunk that no longer exists on the source",
          "Copied 1.2 GB from 12 chunks in 3m 04s (432000 rows, 6.5 MB/s)",
          "Next: timescaledb-backfill verify",
        ], code: .done)),
    End(
      "some failed",
      .copied(
        made(CopyResult()) {
          $0.failures = [Sample.failed(name: "a\nb")]
          $0.rest.remaining = 1
        }),
      Row(
        lines: ["Copied 0 B from 0 chunks in 0.00s (0 rows)"],
        problems: [
          "error: 1 chunk failed:\n  \"_timescaledb_internal\".\"a\\nb\"",
          "hint: see the reasons above; 'timescaledb-backfill copy' tries them again",
        ], code: .failed)),
    End(
      "stopped with work left",
      .copied(
        made(CopyResult()) {
          $0.stopped = true
          $0.failures = [Sample.failed()]
          $0.rest.remaining = 6
        }),
      Row(
        lines: ["Copied 0 B from 0 chunks in 0.00s (0 rows)"],
        problems: [
          "error: 1 chunk failed:\n  \"_timescaledb_internal\".\"_hyper_1_2_chunk\"",
          "hint: see the reasons above; 'timescaledb-backfill copy' tries them again",
          "error: stopped with 5 chunks left to copy",
          "hint: run 'timescaledb-backfill copy' again to continue",
        ], code: .stopped)),
    End(
      "stopped, but that was all", .copied(made(CopyResult()) { $0.stopped = true }),
      Row(
        lines: ["Copied 0 B from 0 chunks in 0.00s (0 rows)", "Next: timescaledb-backfill verify"],
        code: .done)),
    End(
      "stopped, and only the failed are left",
      .copied(
        made(CopyResult()) {
          $0.stopped = true
          $0.failures = (0..<22).map { Sample.failed(name: "c\($0)") }
          $0.rest.remaining = 22
        }),
      Row(
        lines: ["Copied 0 B from 0 chunks in 0.00s (0 rows)"],
        problems: [
          "error: 22 chunks failed:"
            + (0..<20).map { "\n  \"_timescaledb_internal\".\"c\($0)\"" }.joined()
            + "\n  ... and 2 more, each named above",
          "hint: see the reasons above; 'timescaledb-backfill copy' tries them again",
        ], code: .failed)),
    End(
      "another copy has the rest",
      .copied(made(CopyResult()) { $0.rest = RestOfWork(remaining: 2, withOthers: 2) }),
      Row(
        lines: [
          "Copied 0 B from 0 chunks in 0.00s (0 rows)",
          "Left in the queue: 2 chunks that another copy is working on",
        ], code: .done)),
    End(
      "nobody living has the rest",
      .copied(
        made(CopyResult()) {
          $0.rest = RestOfWork(
            remaining: 3,
            held: [
              HeldChunk(
                chunk: QualifiedName("s", "c"),
                holder: .session(
                  ServerSession(
                    process: 7, role: "app", application: "psql",
                    since: Timestamp(microseconds: 1_767_323_045_678_901)))),
              HeldChunk(
                chunk: QualifiedName("s", "d"),
                holder: .preparedTransaction(
                  name: "two", role: "app", since: Timestamp(microseconds: 1_767_323_045_678_901))),
              HeldChunk(chunk: QualifiedName("s", "e"), holder: .unknown),
            ])
        }),
      Row(
        lines: ["Copied 0 B from 0 chunks in 0.00s (0 rows)"],
        problems: [
          "error: 3 chunks left to copy, locked by something other than a running copy:\n"
            + "  \"s\".\"c\": locked by \"psql\" of app from this host (server process 7) in a transaction since "
            + "2026-01-02 03:04:05 UTC\n"
            + "  \"s\".\"d\": locked by the prepared transaction 'two' of app since 2026-01-02 03:04:05 UTC\n"
            + "  \"s\".\"e\": locked by a session that could not be found",
          "hint: end what has them locked (pg_terminate_backend or ROLLBACK PREPARED), then run "
            + "'timescaledb-backfill copy' again",
        ], code: .failed)),
    End(
      "work is left for no reason that is known",
      .copied(made(CopyResult()) { $0.rest = RestOfWork(remaining: 3, withOthers: 1) }),
      Row(
        lines: [
          "Copied 0 B from 0 chunks in 0.00s (0 rows)",
          "Left in the queue: 1 chunk that another copy is working on",
        ],
        problems: [
          "error: 2 chunks left to copy", "hint: run 'timescaledb-backfill copy' again to continue",
        ], code: .failed)),
    End(
      "some were left as before",
      .copied(
        made(CopyResult()) { $0.again = Repetition.Result(chunks: 1, held: [QualifiedName("s", "c")]) }),
      Row(
        lines: ["Copied 0 B from 0 chunks in 0.00s (0 rows)"],
        problems: [
          "error: 1 chunk left as before, because others are working on them:\n  \"s\".\"c\"",
          "hint: run 'timescaledb-backfill copy --again' with the same options when these are done",
        ], code: .failed)),
    End(
      "nothing was left to copy", .copied(made(CopyResult()) { $0.doneBefore = 141 }),
      Row(
        lines: [
          "Nothing to copy: all of the queue's tasks (141) have been copied",
          "Next: timescaledb-backfill verify",
        ], code: .done)),
  ]

  private static let proofless =
    "These are estimates: they prove nothing, no rows were read, and nothing was marked as verified"

  private static func estimates(_ change: (inout Estimates) -> Void) -> Estimates {
    made(Estimates()) {
      $0.hypertables = [.init(name: QualifiedName("public", "m"), chunks: 2, source: 2000, target: 1990)]
      change(&$0)
    }
  }

  static let verifications: [End] = [
    End(
      "all equal",
      .verified(
        made(VerifyResult()) {
          $0.verified = 12
          $0.rows = 7
        }),
      Row(
        lines: [
          "Verified 12 chunks in 0.00s (7 rows), 0 chunks differ",
          "Each of them was compared by the row count and a checksum over every value",
        ], code: .done)),
    End(
      "counted",
      .verified(
        made(VerifyResult()) {
          $0.thoroughness = .count
          $0.counted = 12
          $0.rows = 7
        }),
      Row(
        lines: [
          "Counted the rows of 12 chunks in 0.00s (7 rows), 0 chunks differ",
          "Only the number of rows was compared: their values may differ. No chunk was marked as verified",
        ], code: .done)),
    End(
      "a sample",
      .verified(
        made(VerifyResult()) {
          $0.thoroughness = .sample(percent: 10)
          $0.sampled = (chunks: 2, all: 20)
          $0.verified = 2
        }),
      Row(
        lines: [
          "Verified 2 chunks in 0.00s (0 rows), 0 chunks differ",
          "A sample of 2 of 20 chunks was compared, by the row count and a checksum over every value. This says nothing "
            + "about the other 18, which stay unverified",
        ], code: .done)),
    End(
      "nothing of what was asked for",
      .verified(
        made(VerifyResult()) {
          $0.doneBefore = (verified: 5, uncopied: 0)
          $0.isNarrowed = true
        }),
      Row(lines: ["Nothing to verify: no copied chunk that was asked for is left to verify"], code: .done)),
    End(
      "estimates", .verified(made(VerifyResult()) { $0.estimates = estimates { _ in } }),
      Row(
        lines: [
          "\"public\".\"m\": about 2000 rows on the source, 1990 rows on the target, in 2 chunks",
          "Compared the statistics of 2 chunks in 0.00s, 0 far apart", proofless,
        ], code: .done)),
    End(
      "estimates that are apart, or stale",
      .verified(
        made(VerifyResult()) {
          $0.estimates = estimates {
            $0.apart = [.init(name: QualifiedName("s", "c"), source: 100, target: 60)]
            $0.stale = [(QualifiedName("s", "d"), [.source, .target])]
            $0.noted = 1
            $0.leftOut = 3
          }
        }),
      Row(
        lines: [
          "\"public\".\"m\": about 2000 rows on the source, 1990 rows on the target, in 2 chunks",
          "Compared the statistics of 2 chunks in 0.00s, 0 far apart",
          "For 1 compressed chunk, the source's numbers are those noted when they were compressed; ANALYZE would tell newer ones",
          "Left out: 3 chunks copied in part, or with other bounds, of which statistics tell nothing",
          proofless,
        ],
        problems: [
          "warning: 1 chunk with numbers of rows that are more than a tenth apart:\n"
            + "  \"s\".\"c\": about 100 rows on the source, 60 rows on the target",
          "hint: statistics are never exact; 'timescaledb-backfill verify --count' is",
          "warning: 1 chunk with stale statistics:\n  \"s\".\"d\" on the source and the target",
          "hint: run ANALYZE on these hypertables",
        ], code: .done)),
    End(
      "estimates that are far apart",
      .verified(
        made(VerifyResult()) {
          $0.estimates = estimates {
            $0.farApart = [.init(name: QualifiedName("s", "c"), source: 100, target: 0)]
          }
        }),
      Row(
        lines: [
          "\"public\".\"m\": about 2000 rows on the source, 1990 rows on the target, in 2 chunks",
          "Compared the statistics of 2 chunks in 0.00s, 1 far apart", proofless,
        ],
        problems: [
          "error: 1 chunk with more than twice as many rows on one side than on the other:\n"
            + "  \"s\".\"c\": about 100 rows on the source, 0 rows on the target",
          "hint: run 'timescaledb-backfill verify --count' to be sure",
        ], code: .different)),
    End(
      "no estimates",
      .verified(
        made(VerifyResult()) {
          $0.estimates = made(Estimates()) { $0.unknown = [(QualifiedName("s", "c"), [.source])] }
        }),
      Row(
        lines: ["Compared the statistics of 0 chunks in 0.00s, 0 far apart", proofless],
        problems: [
          "error: 1 chunk with no statistics, or no chunk, to compare:\n  \"s\".\"c\" on the source",
          "hint: run ANALYZE on these hypertables, then 'timescaledb-backfill verify --estimate' again",
        ], code: .failed)),
    End(
      "one differs, and it was stopped",
      .verified(
        made(VerifyResult()) {
          $0.differing = 1
          $0.stopped = true
          $0.rest.remaining = 3
        }),
      Row(
        lines: ["Verified 0 chunks in 0.00s (0 rows), 1 chunk differs"],
        problems: [
          "error: 1 chunk differs between source and target; each is named above",
          "hint: copy such chunks again with 'timescaledb-backfill copy --again --differing', or repair their rows; then run "
            + "'timescaledb-backfill verify' again",
          "error: stopped with 2 chunks left to verify",
          "hint: run 'timescaledb-backfill verify' again to continue",
        ], code: .different)),
    End(
      "one differs from an archive, and it was stopped",
      .verified(
        made(VerifyResult()) {
          $0.archive = "/mnt/a disk"
          $0.differing = 1
          $0.stopped = true
          $0.rest.remaining = 3
        }),
      Row(
        lines: ["Verified 0 chunks in 0.00s (0 rows), 1 chunk differs"],
        problems: [
          "error: 1 chunk differs between archive and target; each is named above",
          "hint: import such chunks again with 'timescaledb-backfill import --again --differing --input '/mnt/a disk'', or "
            + "repair their rows; then run 'timescaledb-backfill verify --input '/mnt/a disk'' again",
          "error: stopped with 2 chunks left to verify",
          "hint: run 'timescaledb-backfill verify --input '/mnt/a disk'' again to continue",
        ], code: .different)),
    End(
      "stopped",
      .verified(
        made(VerifyResult()) {
          $0.stopped = true
          $0.rest.remaining = 1
        }),
      Row(
        lines: ["Verified 0 chunks in 0.00s (0 rows), 0 chunks differ"],
        problems: [
          "error: stopped with 1 chunk left to verify",
          "hint: run 'timescaledb-backfill verify' again to continue",
        ], code: .stopped)),
  ]

  static let others: [End] = [
    End(
      "loaded, with all that can become of a record", .loaded(DocumentSample.loaded),
      Row(
        lines: [
          #"Loaded 1000 rows into "public"."readings" from 54.3 kB in 2.00s, 500 rows/s"#,
          "Loaded 1500 rows with what earlier runs have loaded", "Left out 20 records outside of the window",
          "Passed over 4 records: the row was there, or a trigger kept it out",
          "Rejected 3 records, written to bad.csv",
        ], code: .done)),
    End(
      "a load that a signal has stopped",
      .loaded(
        made(LoadResult()) {
          $0.stopped = true
          $0.failure = .stopped
        }),
      Row(
        lines: ["Loaded 0 rows from 0 B in 0.00s"],
        problems: [
          "error: stopped before all was loaded", "hint: run the same command again to continue",
        ], code: .stopped)),
    End(
      "a load of standard input that has failed",
      .loaded(
        made(LoadResult()) {
          $0.isLost = true
          $0.failure = .finding(
            .badRecord(
              BadRecord(path: "-", line: 12, column: Identifier("a"), error: DocumentSample.serverError)))
        }),
      Row(
        lines: ["Loaded 0 rows from 0 B in 0.00s"],
        problems: [
          #"error: -, line 12, column "a": ERROR: no; a row (SQLSTATE 23514)"#,
          "hint: --on-error skip or reject=FILE goes on without such records", "warning: not all is loaded",
          "hint: batches that were loaded stay loaded, and what was read cannot be read again: load it from a file, with "
            + "--replace or into an empty table",
        ], code: .failed)),
    End(
      "cleaned",
      .cleaned(
        made(CleanResult()) {
          $0.removedTasks = 5
          $0.uncopiedTasks = 2
        }), Row(lines: ["Removed the queue with 5 tasks, 2 of them not copied"], code: .done)),
    End(
      "nothing to clean", .cleaned(CleanResult()),
      Row(lines: ["Nothing to clean: the target has no queue (schema __backfill)"], code: .done)),
    End(
      "cleaned of a load", .cleaned(made(CleanResult()) { $0.removedLoads = 1 }),
      Row(lines: ["Removed the record of 1 load"], code: .done)),
    End(
      "cleaned with jobs that are off",
      .cleaned(
        made(CleanResult()) {
          $0.removedTasks = 5
          $0.recordedJobs = 2
        }),
      Row(
        lines: ["Removed the queue with 5 tasks", "Next: timescaledb-backfill jobs on"], code: .done)),
    End(
      "jobs off",
      .jobs(DocumentSample.jobs(.off, .turnedOff, .offAlready, .offAlready)),
      Row(
        lines: [
          #"Turned off job 1000, policy_retention on "public"."readings""#,
          "Turned off 1 job; 2 were off already",
        ], code: .done)),
    End("no jobs", .jobs(JobsResult(.off)), Row(lines: ["The target has no jobs"], code: .done)),
    End("no jobs to list", .jobs(JobsResult(.list)), Row(lines: ["The target has no jobs"], code: .done)),
    End(
      "a job left on",
      .jobs(
        made(DocumentSample.jobs(.off, .leftOn)) {
          $0.problems = [.stillRunning(DocumentSample.job(1000).named, process: 7)]
        }),
      Row(
        lines: ["Turned off 0 jobs"],
        problems: [
          #"error: policy_retention (job 1000 on "public"."readings") is turned off, but still running in server "#
            + "process 7",
          "hint: wait until it has ended, or run SELECT pg_terminate_backend(7)",
        ], code: .failed)),
    End(
      "jobs on, after all is verified",
      .jobs(
        made(DocumentSample.jobs(.on, .turnedOn)) {
          $0.recorded = 0
          $0.isVerified = true
        }),
      Row(
        lines: [
          #"Turned on job 1000, policy_retention on "public"."readings""#, "Turned on 1 job",
          "Next: timescaledb-backfill clean",
        ], code: .done)),
    End(
      "nothing recorded", .jobs(JobsResult(.on)),
      Row(lines: ["Nothing to turn on: no job is recorded as turned off by jobs off"], code: .done)),
    End(
      "jobs listed",
      .jobs(
        made(DocumentSample.jobs(.list, nil, nil, nil)) {
          $0.jobs[1].isScheduled = false
          $0.jobs[1].isRecorded = true
          $0.jobs[1].worker = nil
          $0.jobs[2].isScheduled = nil
          $0.jobs[2].worker = nil
          $0.jobs[2].lastRun = nil
        }),
      Row(
        lines: [
          " job  procedure         every  state            last run                          next run  relation",
          #"1000  policy_retention  1 day  on               running                           -         "public"."readings""#,
          #"1001  policy_retention  1 day  off by jobs off  2024-01-01 09:06:40+00 succeeded  -         "public"."readings""#,
          #"1002  policy_retention  1 day  missing          never                             -         "public"."readings""#,
        ], code: .done)),
    End(
      "reported", .reported(DocumentSample.reported),
      Row(lines: ["Wrote r.html: 141 tasks, \(Quantity.bytes(54_321))"], code: .done)),
    End(
      "refreshed",
      .refreshed(
        made(RefreshResult()) {
          $0.refreshed = 1
          $0.upToDate = 2
        }),
      Row(lines: ["Refreshed 1 continuous aggregate in 0.00s, 2 up to date already"], code: .done)),
    End(
      "watermarks written", .refreshed(DocumentSample.written),
      Row(lines: ["Wrote w.json: the watermarks of 3 continuous aggregates"], code: .done)),
    End(
      "refreshing failed",

      .refreshed(
        made(RefreshResult()) {
          let view = QualifiedName("s", "v\n")
          $0.failures = [FailedAggregate(view: view, reason: .noCounterpart(view: view))]
        }),
      Row(
        lines: ["Refreshed 0 continuous aggregates in 0.00s"],
        problems: [#"error: "s"."v\n": the target has no such continuous aggregate"#],
        code: .failed)),
    End(
      "refreshing stopped", .refreshed(made(RefreshResult()) { $0.stopped = true }),
      Row(
        lines: ["Refreshed 0 continuous aggregates in 0.00s"],
        problems: ["error: stopped", "hint: run 'timescaledb-backfill refresh-caggs' again to continue"],
        code: .stopped)),
    End(
      "usage", .failed(.usage(.time(.infinite(.until, "infinity")))),
      Row(
        lines: [],
        problems: [
          "error: --until: \"infinity\" is not a point in time",
          "hint: write the time itself, such as 2024-01-31T12:00:00Z, 2024-01-31 or 1700000000",
        ], code: .usage)),
    End(
      "failed", .failed(.failed(.unexpected("no host"))),
      Row(lines: [], problems: ["error: no host"], code: .failed)),
    End(
      "failed while draining", .failed(.failed(.unexpected("no host"))),
      Row(lines: [], problems: ["error: no host"], code: .failed, stage: .draining)),
    End(
      "failed by being cancelled", .failed(.failed(.unexpected("canceling statement"))),
      Row(lines: [], problems: ["error: canceling statement"], code: .stopped, stage: .cancelled)),
    End(
      "stopped before anything was staged", .failed(.stopped(.beforeStaging)),
      Row(
        lines: [],
        problems: [
          "error: stopped before anything was staged; the chunks created so far stay, empty",
          "hint: run the same command again to continue",
        ], code: .stopped)),
    End(
      "stopped on the way", .failed(.stopped(.working)),
      Row(
        lines: [],
        problems: [
          "error: stopped before the work was done", "hint: run the same command again to continue",
        ], code: .stopped)),
  ]

  @Test("is told, and has its exit code", arguments: checks + stages + copies + verifications + others)
  func end(end: End) {
    let summary = RunSummary(end.input)
    #expect(summary.results == end.expected.lines)
    #expect(summary.problems.flatMap { $0.lines(Style(isColoured: false)) } == end.expected.problems)
    #expect(end.input.exitCode(stage: end.expected.stage) == end.expected.code)
  }

  @Test("has the exit codes of the contract")
  func codes() {
    let codes: [ExitCode] = [.done, .failed, .usage, .different, .stopped]
    #expect(codes.map(\.rawValue) == [0, 1, 2, 3, 130])
  }
}
