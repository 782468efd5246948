import ChunkCatalog
import Postgres
import TestConnections
import Testing
import TimescaleDB

@testable import BackfillCommands
@testable import backfill

@Suite("What a command found")
struct FindingWordsTests {
  typealias Told = Case<Finding, [String]>

  private static let table = QualifiedName("public", "metrics")
  private static let chunk = Sample.chunk()
  private static let since = Timestamp(microseconds: 1_767_323_045_678_901)
  private static let chunkName = #""_timescaledb_internal"."_hyper_1_1_chunk""#
  private static let trigger = NamedTrigger(trigger: Identifier("t"), hypertable: table)

  static let migrations: [Told] = [
    Told(
      "rows of the future", .migration(.rowsAhead(table, newest: since)),
      [
        #""public"."metrics" has rows up to 2026-01-02 03:04:05.678901+00, and those from the completion point on "#
          + "are not copied",
        "make sure that the target has them; --until public.metrics=TIME sets a later completion point for it",
      ]),
    Told(
      "numbers for time", .migration(.needTimes([table, QualifiedName("a", "b")])),
      [
        #"the completion point is no value of the time of "public"."metrics", "a"."b""#,
        "give each its own: --until public.metrics=TIME --until a.b=TIME",
      ]),
  ]

  static let databases: [Told] = [
    Told(
      "a database without the extension", .databases(.lacksTimescaleDB(.source)),
      [
        "source: this database has no TimescaleDB extension",
        "check the database's name, or run CREATE EXTENSION timescaledb there",
      ]),
    Told(
      "text without an encoding on one side", .databases(.noEncoding(source: "SQL_ASCII", target: "UTF8")),
      [
        "the source is encoded in SQL_ASCII, which defines no characters, and the target in UTF8: text is read as UTF-8, "
          + "and chunks with text that is not valid UTF-8 cannot be copied"
      ]),
    Told(
      "a policy",
      .databases(
        .rowSecurity([.init(relation: table, side: .source), .init(relation: table, side: .target)])),
      [
        #"row-level security applies to the role on "public"."metrics" (source), "public"."metrics" (target)"#,
        "use a role with BYPASSRLS; for the tables' owner, ALTER TABLE ... NO FORCE ROW LEVEL SECURITY is enough",
      ]),
    Told(
      "a queue of other databases",
      .queue(
        .stagedElsewhere(
          [
            .init(side: .source, fact: .identity(.init(key: .databaseOID, earlier: "1", now: "2"))),
            .init(side: .target, fact: .identity(.init(key: .unknown("branch"), earlier: "main", now: nil))),
            .init(side: .source, fact: .position(staged: "0/2", now: "0/1")),
          ], .refresh)),
      [
        "these are not the databases that the queue was staged for: source: database OID was 1 and is 2; "
          + "target: branch was main, which this version can't compare; "
          + "source: its write-ahead log was at 0/2 and is at 0/1",
        "check --source and --target; if they are right, run clean first",
      ]),
    Told(
      "a queue that somebody has", .queue(.inUse(by: [])),
      [
        "the target's queue is in use by a session that has just ended",
        "wait until that has finished, or stop it first",
      ]),
  ]

  static let stagings: [Told] = [
    Told(
      "no chunk in the window",
      .time(
        .emptyWindow(
          from: "1", until: "2", chunks: [.init(hypertable: table, from: .beginning, to: .time("0"))])),
      [
        #"nothing to stage: no chunk has rows for --from 1 and --until 2; "public"."metrics" has chunks from "#
          + "the beginning of time to 0"
      ]),
    Told(
      "more hypertables than one can read",
      .time(
        .emptyWindow(
          from: nil, until: "2",
          chunks: (1...7).map { .init(hypertable: QualifiedName("s", "\($0)"), from: .time("3"), to: .end) })),
      [
        "nothing to stage: no chunk has rows for --until 2; "
          + (1...5).map { #""s"."\#($0)" has chunks from 3 to the end of time"# }.joined(separator: "; ")
          + " and 2 more hypertables"
      ]),
    Told(
      "an end of the window that isn't before the other",
      .time(.reversed(same: .init(text: "2024-01-01", type: "date"))),
      [
        "--from is not before --until",
        "both are read as 2024-01-01 for time dimensions of type date",
      ]),
    Told(
      "what the target lacks",
      .schema(.missing([.init(name: table, isAggregate: false), .init(name: table, isAggregate: true)])),
      [
        #"the target has no hypertable "public"."metrics", no continuous aggregate "public"."metrics""#,
        "restore the source's schema on the target first, or exclude them with --filter",
      ]),
    Told(
      "triggers without the privilege to disable them",
      .hazard(.firingTriggers([trigger], lacking: .parameter(role: Identifier("app")))),
      [
        #"triggers on the target fire for copied rows: "t" on "public"."metrics""#,
        "give copy --disable-triggers, which requires GRANT SET ON PARAMETER session_replication_role TO \"app\", or drop "
          + "them until the migration is complete",
      ]),
    Told(
      "triggers with it", .hazard(.firingTriggers([trigger], lacking: nil)),
      [
        #"triggers on the target fire for copied rows: "t" on "public"."metrics""#,
        "give copy --disable-triggers or drop them until the migration is complete",
      ]),
    Told(
      "retention",
      .hazard(.retentionJobs([.init(id: 1000, procedure: "policy_retention", hypertable: table)])),
      [
        "retention on the source may drop staged chunks before they are copied: "
          + #"policy_retention (job 1000 on "public"."metrics")"#,
        "to turn it off, run on the source: SELECT alter_job(id, scheduled => false, timezone => timezone) FROM "
          + "_timescaledb_config.bgw_job WHERE id IN (1000)",
      ]),
    Told(
      "more rows on the target",
      .staging(
        .surplus([
          .init(hypertable: table, fact: .rows(source: 1, target: 20)),
          .init(hypertable: table, fact: .emptyOnSource(chunks: 2)),
        ])),
      [
        #"the target holds clearly more than the source in this window: "public"."metrics" (rows: 1 on the source, "#
          + #"20 on the target); "public"."metrics": 2 chunks of those examined have no row on the source, and rows on "#
          + "the target",
        "source and target may be exchanged: see the first lines. Copying would delete these rows on the target; if that "
          + "is what you want, give stage --allow-shrinking",
      ]),
    Told(
      "one copied chunk outside", .staging(.copiedOutside(hypertable: table, chunks: 1)),
      [#"1 copied chunk of "public"."metrics" lies wholly or partly outside this window, and stays copied"#]),
    Told(
      "a hypertable made again", .staging(.copiedAndDropped(hypertable: table, chunks: 3)),
      [
        #""public"."metrics" was dropped and created again, or replaced, on the target after 3 chunks of it were "#
          + "copied; what lies in this window is staged again"
      ]),
  ]

  static let runs: [Told] = [
    Told(
      "a server's error",
      .server(
        PostgresError(
          kind: .refusedByServer, side: .target, operation: "copying", sqlState: "53100", message: "no space")
      ),
      [
        "target: copying: no space (SQLSTATE 53100)",
        "make room on the target's disk, then run the same command again",
      ]),
    Told(
      "a run that stopped by itself", .work(.diskFull(.target, remaining: 3)),
      [
        "stopped with 3 chunks left: the target's disk is full",
        "make room on it, then run the same command again",
      ]),
    Told(
      "whoever has locks",
      .work(
        .awaitingLocks(
          .target, operation: "making chunks",
          holders: [
            LockHolder(
              lock: .relation("public.a"),
              session: ServerSession(
                process: 7, role: "app", application: "psql", address: "10.0.0.7", since: since,
                state: "active")),
            LockHolder(lock: .other("tuple"), session: ServerSession(process: 8)),
          ])),
      [
        #"target: making chunks: waiting for a lock on public.a, held by process 7 (role app, "psql", query begun "#
          + "2026-01-02 03:04:05 UTC, active); lock (tuple), held by process 8 ()"
      ]),
    Told(
      "a queue that two sessions have locked",
      .queue(
        .awaitingLock(by: [
          ServerSession(process: 7, application: "a\nb", address: "10.0.0.7", since: since),
          ServerSession(process: 8, role: "app"),
        ])),
      [
        #"the target's queue is locked by "a\nb" from 10.0.0.7 (server process 7) since 2026-01-02 03:04:05 UTC, "#
          + #""a session" from this host (server process 8); waiting for it"#
      ]),
    Told(
      "chunks without a task",
      .completeness(
        .unstaged(
          .init(
            hypertable: table, count: 3, shown: [.init(name: chunk, from: .time("1"), to: .time("2"))],
            from: .beginning, until: .time("9"), filter: "^x$"))),
      [
        #""public"."metrics": source chunks that were created after staging, or have other bounds since, are not in "#
          + "the queue: \(chunkName) (from 1 to 2) and 2 more",
        #"run 'stage --until "9" --filter "^x$"', then copy"#,
      ]),
    Told(
      "rows without a source",
      .completeness(
        .stray(
          .init(
            hypertable: table, rows: 4, first: .time("1"), last: .time("2"), deletions: ["DELETE FROM x"],
            chunks: 2), besideArchive: false)),
      [
        #""public"."metrics": the target has rows that the source does not have, from 1 to 2 (rows: 4)"#,
        "if they are not wanted, run DELETE FROM x; and so on for 1 more",
      ]),
    Told(
      "rows that a refresh needs",
      .refresh(.uncopied(views: [table], chunks: [chunk], isForced: false)),
      [
        #""public"."metrics": chunks that these are computed from are not copied yet: "# + chunkName,
        "run copy first; --force computes them from the rows that are there",
      ]),
    Told(
      "rows that a forced refresh does without",
      .refresh(.uncopied(views: [table], chunks: [chunk], isForced: true)),
      [#""public"."metrics": chunks that these are computed from are not copied yet: "# + chunkName]),
    Told(
      "a file of something else", .refresh(.unreadableFile(path: "w\n", .foreign)),
      [
        #"w\n is not a file that refresh-caggs --watermarks-to has written, or not all of it"#,
        "write it again with refresh-caggs --watermarks-to",
      ]),
    Told(
      "a file of a later version", .refresh(.unreadableFile(path: "w", .otherFormat("2"))),
      [
        "w is of format 2, which this version of the program does not know",
        "write it again with refresh-caggs --watermarks-to",
      ]),
    Told(
      "a damaged file", .refresh(.unreadableFile(path: "w", .damaged)),
      ["w is damaged: its checksum does not match", "write it again with refresh-caggs --watermarks-to"]),
    Told(
      "a file that isn't there", .refresh(.fileNotRead(path: "w", reason: "No such file or directory")),
      ["the watermarks can't be read from w: No such file or directory"]),
    Told(
      "a file that can't be made", .refresh(.fileNotWritten(.notWritten(path: "w", reason: "No space left"))),
      ["the watermarks can't be written to w: No space left"]),
    Told(
      "buckets that a file doesn't have", .refresh(.bucketsUnlisted(view: table, before: "2024-01-01")),
      [
        #""public"."metrics": whether the source has buckets before 2024-01-01 that the target lacks the rows for is not "#
          + "known, as the file only has the newest"
      ]),
    Told(
      "an index that isn't back",
      .clean(
        .notRestored(
          .unknownDefinition,
          DeferredObject(kind: "index", chunk: chunk, index: "i", byHand: "CREATE INDEX i"))),
      [
        "index \"i\" of chunk \(chunkName) is not restored: the hypertable no longer has one like it",
        "run: CREATE INDEX i",
      ]),
  ]

  private static let job = ScheduledJob(id: 1000, procedure: "policy_retention", hypertable: table)
  private static let jobName = #"policy_retention (job 1000 on "public"."metrics")"#
  private static let refusal = PostgresError(
    kind: .refusedByServer, side: .target, operation: "altering job 1000", sqlState: "0A000", message: "no")

  static let jobs: [Told] = [
    Told(
      "jobs before the copy", .jobs(.uncopied(tasks: 2, of: 5, isForced: false)),
      [
        "2 of the queue's 5 tasks have not been copied; jobs would change what is being copied",
        "run copy first, or jobs on --force to turn them on anyway",
      ]),
    Told(
      "jobs before the copy, forced", .jobs(.uncopied(tasks: 2, of: 5, isForced: true)),
      ["2 of the queue's 5 tasks have not been copied; jobs would change what is being copied"]),
    Told(
      "jobs before verifying", .jobs(.unverified(chunks: 1)),
      ["1 chunk is not verified; what jobs change from now on differs from the source"]),
    Told(
      "a run that is ended", .jobs(.ended(job, since: since)),
      [
        jobName
          + " was running since 2026-01-02 03:04:05+00: TimescaleDB ends a job that is turned off, and rolls "
          + "back its transaction"
      ]),
    Told(
      "a run that doesn't end", .jobs(.stillRunning(job, process: 7)),
      [
        jobName + " is turned off, but still running in server process 7",
        "wait until it has ended, or run SELECT pg_terminate_backend(7)",
      ]),
    Told(
      "a job that can't be altered",
      .jobs(.notSwitched(job, on: false, refusal, owner: nil, role: Identifier("app"))),
      [
        jobName + " could not be turned off: target: altering job 1000: no (SQLSTATE 0A000)",
        #"have a superuser run GRANT UPDATE (scheduled) ON _timescaledb_config.bgw_job TO "app", and run this again"#,
      ]),
    Told(
      "somebody else's job",
      .jobs(.notSwitched(job, on: true, refusal, owner: Identifier("ops"), role: Identifier("app"))),
      [
        jobName + " could not be turned on: target: altering job 1000: no (SQLSTATE 0A000)",
        #"it belongs to the role "ops": run this as that role, or as a superuser"#,
      ]),
    Told(
      "a job that is gone", .jobs(.lost(job, .gone)),
      [
        jobName + " was turned off by jobs off, and cannot be turned on again: there is no such job any more",
        "if it is not wanted any more, delete its record: DELETE FROM __backfill.job WHERE job_id = 1000",
      ]),
    Told(
      "a job that was changed", .jobs(.lost(job, .changed(jobs: [1001, 1002]))),
      [
        jobName + " was turned off by jobs off, and cannot be turned on again: job 1001 or 1002 has another "
          + "configuration than it had",
        "turn the right one on with alter_job, and delete the record: DELETE FROM __backfill.job WHERE job_id = 1000",
      ]),
    Told(
      "a job like others", .jobs(.lost(job, .ambiguous(jobs: [1001, 1002]))),
      [
        jobName
          + " was turned off by jobs off, and cannot be turned on again: several jobs could be meant: 1001, 1002",
        "turn the right ones on with alter_job, and delete the record: DELETE FROM __backfill.job WHERE job_id = 1000",
      ]),
    Told(
      "another schedule", .jobs(.rescheduled(job)),
      [jobName + " has the schedule again that it had when it was turned off"]),
    Told(
      "a job that isn't put off", .jobs(.notPlanned(job)),
      [
        jobName
          + " is on, but its schedule and its next start stay as they are, so that it may run at once: changing "
          + "them requires a superuser, as alter_job refuses it"
      ]),
    Told(
      "a scheduler that doesn't know", .jobs(.schedulerNotTold(jobs: [job])),
      [
        "the job scheduler does not know of the change yet: " + jobName,
        "have a superuser run SELECT _timescaledb_functions.restart_background_workers()",
      ]),
    Told(
      "jobs that are off at the end", .jobs(.stillOff(jobs: 3)),
      [
        "3 jobs are still turned off; the record of them stays in __backfill.job",
        "run 'timescaledb-backfill jobs on'",
      ]),
  ]

  @Test("is told in words, with what to do", arguments: databases + stagings + runs + jobs + migrations)
  func words(_ told: Told) {
    let words = told.input.words
    #expect([words.text] + (words.hint.map { [$0] } ?? []) == told.expected)
  }

  @Test("keeps a line break of a name out of the message")
  func hostileName() {
    let finding = Finding.refresh(.noCounterpart(view: QualifiedName("s", "a\nerror: b")))
    #expect(finding.words.text == #""s"."a\nerror: b": the target has no such continuous aggregate"#)
  }

  @Test("has a code and the object that it is about, for programs")
  func facts() {
    let facts = (Self.databases + Self.stagings + Self.runs + Self.jobs).map(\.input)
      .map { [$0.code, $0.side?.rawValue ?? "-", $0.object ?? "-", $0.sqlState ?? "-"] }
    #expect(facts[0] == ["no-timescaledb", "source", "-", "-"])
    #expect(facts[2] == ["row-level-security", "-", "-", "-"])
    #expect(facts[9] == ["firing-triggers", "target", #""public"."metrics""#, "-"])
    #expect(facts[13] == ["copied-outside-window", "target", #""public"."metrics""#, "-"])
    #expect(facts[14] == ["copied-and-dropped", "target", #""public"."metrics""#, "-"])
    #expect(facts[15] == ["server-error", "target", "-", "53100"])
    #expect(
      Self.migrations.map { [$0.input.code, $0.input.side?.rawValue, $0.input.object] } == [
        ["rows-of-the-future", "source", Self.table.description], ["times-missing", "source", nil],
      ])
    #expect(
      facts.suffix(Self.jobs.count).map { $0[0] } == [
        "jobs-before-copy", "jobs-before-copy", "jobs-before-verify", "job-ended", "job-running",
        "job-not-altered",
        "job-not-altered", "job-gone", "job-changed", "job-ambiguous", "job-rescheduled", "job-not-planned",
        "scheduler-not-told", "jobs-still-off",
      ])
    #expect(facts.allSatisfy { $0[0].allSatisfy { $0.isLowercase || $0 == "-" } })
  }
}
