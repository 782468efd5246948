import BackfillCommands
import Postgres
import TestConnections
import Testing

@testable import backfill

@Suite("What to do about a server's error")
struct ErrorAdviceTests {
  private static func error(
    side: Side = .target, sqlState: String?, message: String = "no", routine: String? = nil
  ) -> PostgresError {
    var error = PostgresError(
      kind: .refusedByServer, side: side, operation: "copying", sqlState: sqlState, message: message)
    error.routine = routine
    return error
  }

  @Test(
    "follows from its SQLSTATE, and names the side",
    arguments: [
      Case(
        "privilege", error(side: .source, sqlState: "42501"), "run as the owner of the tables on the source"),
      Case(
        "disk full", error(sqlState: "53100"),
        "make room on the target's disk, then run the same command again"),
      Case("syntax error", error(sqlState: "42601"), nil),
      Case("a bad parameter", error(sqlState: "22023", message: "invalid snapshot"), nil),
      Case(
        "a snapshot that is gone", error(sqlState: "22023", message: "falsch", routine: "ImportSnapshot"),
        "the exporting transaction must stay open until all is copied; stage again with a new snapshot"),
      Case(
        "row-level security", error(sqlState: "42501", message: "verboten", routine: "check_enable_rls"),
        "use a role with BYPASSRLS on the target"),
      Case(
        "a standby's replay",
        error(side: .source, sqlState: "40001", message: "abgebrochen", routine: "ProcessInterrupts"),
        "raise max_standby_streaming_delay or turn hot_standby_feedback on at the standby, or read from the primary"
      ),
      Case("another serialization failure", error(sqlState: "40001", message: "conflict with recovery"), nil),
    ])
  func advice(_ row: Case<PostgresError, String?>) {
    #expect(row.input.advice == row.expected)
  }

  @Test(
    "follows from a reason that is known here",
    arguments: [
      Case(
        "a password in another value", .passwordInValue(of: "host"),
        "write an @ inside the user name or password of a URI as %40, and check the quotes of a keyword string"
      ),
      Case(
        "an earlier state",
        .objection(DatabaseObjection.wentBack(to: WALPosition("0/1")!, from: WALPosition("0/2")!)),
        "it was restored from a backup, or promoted without the last transactions: connect to the right server, or "
          + "run clean and stage again"),
      Case("a standby", .objection(DatabaseObjection.isStandby), nil), Case("silence", .silent, nil),
    ] as [Case<PostgresError.Reason, String?>])
  func reason(_ row: Case<PostgresError.Reason, String?>) {
    let error = PostgresError(
      kind: .connectionFailed, side: .source, operation: "connecting", reason: row.input)
    #expect(error.advice == row.expected)
  }
}
