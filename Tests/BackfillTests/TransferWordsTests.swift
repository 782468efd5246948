import Postgres
import TestConnections
import Testing
import TimescaleDB

@testable import BackfillCommands
@testable import backfill

@Suite("What schema found") struct TransferWordsTests {
  typealias Told = Case<Finding, [String]>

  private static let metrics = Identifier("metrics")
  private static let table = SchemaObject(kind: .table, name: "public.a")
  private static let refused = PostgresError(
    kind: .refusedByServer, side: .target, operation: "x", sqlState: "42501", message: "permission denied")

  static let programs: [Told] = [
    Told(
      "a program that is missing", .program(.missing(.pgDump, directory: nil, elsewhere: [])),
      [
        "pg_dump is not in the PATH",
        "install PostgreSQL's client programs (postgresql-client), or name their directory with --pg-bin",
      ]),
    Told(
      "one that is elsewhere",
      .program(.missing(.pgRestore, directory: "/x", elsewhere: ["/usr/lib/postgresql/18/bin"])),
      [
        "pg_restore is not in /x",
        "use --pg-bin /usr/lib/postgresql/18/bin, if it is of the right version",
      ]),
    Told(
      "one that is too new",
      .program(
        .tooNew(
          FoundProgram(program: .pgRestore, path: "/p", major: 18, version: "18.1"), target: 15, elsewhere: []
        )),
      [
        "/p is version 18.1; from 17 on, pg_restore cannot restore into PostgreSQL 15",
        "install the client programs of PostgreSQL 15, or name their directory with --pg-bin",
      ]),
    Told(
      "what one says", .program(.said(ProgramLine(program: "pg_dump", text: "pg_dump: warning: x"))),
      ["pg_dump: warning: x"]),
    Told(
      "what one says without its name", .program(.said(ProgramLine(program: "pg_dump", text: "DETAIL: x"))),
      ["pg_dump: DETAIL: x"]),
    Told(
      "one that failed, from its error on",
      .program(
        .failed(.exited(program: "pg_restore", code: 1, lines: ["a", "pg_restore: error: b", "c", "d", "e"]))),
      ["pg_restore failed with exit code 1: pg_restore: error: b; c; d"]),
    Told(
      "one that was killed", .program(.failed(.killed(program: "pg_dump", signal: 9, lines: []))),
      ["pg_dump was ended by signal 9"]),
    Told(
      "no place for files", .program(.noDirectory(in: "/x", reason: "No space left on device")),
      [
        "no directory can be created in /x: No space left on device",
        "set TMPDIR to a directory that can be written to",
      ]),
    Told(
      "a file", .program(.unwritable("/x/y", reason: "Is a directory")),
      ["/x/y cannot be written: Is a directory"]),
  ]

  static let transfers: [Told] = [
    Told(
      "a target that isn't empty",
      .transfer(.occupied(objects: [table], count: 3, database: metrics, isHalf: false)),
      [
        "the target is not empty: it has table public.a and 2 more",
        "schema changes nothing that is there: to add what is missing, give it --missing-only; or drop these from the target, "
          + "or use another database",
      ]),
    Told(
      "half a restore",
      .transfer(
        .catalogOccupied(CatalogCounts(hypertables: 1, jobs: 2), database: metrics, isHalf: true)),
      [
        "the target's database is half restored: it has 1 hypertable and 2 jobs",
        "if nothing else is in it, run DROP DATABASE \"metrics\" WITH (FORCE) there, then schema again; if it is to "
          + "stay, drop these objects",
      ]),
    Told(
      "another version", .transfer(.timescaleUnavailable(version: "2.29.2", available: ["2.28.0"])),
      [
        "the target's server offers TimescaleDB 2.28.0, and the source has 2.29.2",
        "install it on the target",
      ]),
    Told(
      "another edition", .transfer(.editionsDiffer),
      [
        "the target has TimescaleDB's Apache edition, and the source its Community edition",
        "run schema again, which then makes hypertables from definitions, or install the Community edition on the target",
      ]),
    Told(
      "attributes that are left out",
      .transfer(.attributesLeftOut(Identifier("a"), ["SUPERUSER", "CREATEDB"])),
      ["the role \"a\" does not get SUPERUSER, CREATEDB, which --managed leaves out"]),
    Told(
      "passwords that can't be read", .transfer(.passwordsLeftOut([Identifier("a")])),
      [
        "the source does not let its role read password hashes: these roles have no password on the target: \"a\"",
        "set them with \\password in psql, or ALTER ROLE ... PASSWORD",
      ]),
    Told(
      "a membership that the target refuses",
      .transfer(.refused(.membership(role: Identifier("r"), member: Identifier("m")), refused)),
      ["the target refused to make \"m\" a member of \"r\", which is left out: permission denied"]),
    Told(
      "a privilege that is missing", .transfer(.notPermitted(refused, isManaged: false)),
      [
        "target: x: permission denied (SQLSTATE 42501)",
        "connect to the target as a superuser, or add --managed",
      ]),
    Told(
      "a lock table that is too small", .transfer(.notAtomic(relations: 9000, locks: 6400)),
      [
        "the schema has 9000 relations and the target's lock table room for 6400, so it is not restored in one "
          + "transaction: a run that is ended in the middle has to be undone by hand",
        "raise max_locks_per_transaction on the target",
      ]),
  ]

  @Test("is told with what to do", arguments: programs + transfers) func words(told: Told) {
    let words = told.input.words
    #expect([words.text, words.hint].compactMap { $0 } == told.expected)
  }
}

@Suite("A script for bash") struct ScriptTextTests {
  @Test("ends a here-document by a line that isn't in it") func mark() {
    let script = SchemaScript(
      source: "host=s", target: "host='t x'", server: "host=t",
      sections: [
        .init(
          step: .restoreMode,
          pieces: [.sql(.target, ["SELECT '\nSQL\n'"], isOneTransaction: false, isOptional: false)])
      ])
    let text = ScriptText(script).text
    #expect(text.contains("target='host='\\''t x'\\'''\n"))
    #expect(text.hasSuffix("psql -X -d \"$target\" -v ON_ERROR_STOP=1 <<'SQL_'\nSELECT '\nSQL\n';\nSQL_\n"))
  }
}
