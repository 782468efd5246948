import BackfillCommands
import Postgres
import TestConnections
import Testing
import TimescaleDB

@testable import backfill

@Suite("What went wrong with a server, in words") struct PostgresErrorTextTests {
  @Test("names side and operation, and adds what the server said besides") func full() {
    var error = PostgresError(
      kind: .refusedByServer, side: .target, operation: "copying rows", sqlState: "23505",
      message: "duplicate key")
    error.detail = "Key (id)=(1) already exists."
    error.hint = "try another"
    #expect(
      error.text == """
        target: copying rows: duplicate key (SQLSTATE 23505); Key (id)=(1) already exists.; hint: try another
        """)
  }

  @Test(
    "says why where no server does",
    arguments: [
      Case("libpq's words", .said("Verbindung verweigert"), "Verbindung verweigert"),
      Case("a fault", .fault("the answer has no column \"a\""), "the answer has no column \"a\""),
      Case("stopped", .stopped, "stopped before it finished"),
      Case("suspended", .suspended, "the program is about to be suspended"),
      Case("lost", .lost, "the connection was lost"),
      Case("silent", .silent, "the server has stopped answering"),
      Case(
        "no answer in time", .noAnswer(from: ServerAddress(host: "h", port: "5432"), seconds: 15),
        "no answer from h:5432 within 15 seconds"),
      Case("nobody, nowhere", .noAnswer(from: nil, seconds: nil), "no answer from the server"),
      Case(
        "a password in another value", .passwordInValue(of: "host"),
        "the value of host seems to contain a part of the password, so it is not shown"),
      Case("memory", .outOfMemory, "out of memory"),
      Case(
        "another database",
        .objection(
          DatabaseObjection.isAnother(
            Fingerprint(parts: [.databaseOID: "2"]).differences(
              from: Fingerprint(parts: [.databaseOID: "1"])))),
        "this is not the database that the run began with: database OID was 1 and is 2"),
      Case(
        "a standby", .objection(DatabaseObjection.isStandby),
        "this server is a standby, which takes no writes"),
      Case(
        "a lagging standby", .objection(DatabaseObjection.lags(behind: WALPosition("1/2")!)),
        "this standby has not replayed all that was there at staging, which ended at 1/2"),
      Case(
        "an earlier state",
        .objection(DatabaseObjection.wentBack(to: WALPosition("0/1")!, from: WALPosition("0/2")!)),
        "this server is at 0/1, behind 0/2, which it had reached at staging"),
      Case(
        "rows that are missing", .objection(RowsMissing(sent: 3, taken: 2)),
        "the source sent 3 rows, and the target took 2"),
    ] as [Case<PostgresError.Reason, String>])
  func reason(_ row: Case<PostgresError.Reason, String>) {
    let error = PostgresError(kind: .connectionFailed, side: .source, operation: "working", reason: row.input)
    #expect(error.text == "source: working: \(row.expected)")
  }
}
