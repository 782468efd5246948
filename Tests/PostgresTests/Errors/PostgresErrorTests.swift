import Postgres
import TestConnections
import Testing

@Suite("Postgres errors") struct PostgresErrorTests {
  private static func error(
    _ kind: PostgresError.Kind = .refusedByServer, side: Side = .target, sqlState: String? = nil,
    message: String = "it failed", routine: String? = nil
  ) -> PostgresError {
    var error = PostgresError(
      kind: kind, side: side, operation: "copying rows", sqlState: sqlState, message: message)
    error.routine = routine
    return error
  }

  @Test("say side, operation and message") func plain() {
    #expect(Self.error(side: .source).description == "source: copying rows: it failed")
  }

  @Test("add SQLSTATE, detail and hint where there are any") func full() {
    var error = Self.error(sqlState: "23505", message: "duplicate key")
    error.detail = "Key (id)=(1) already exists."
    error.hint = "try another"
    #expect(
      error.description == """
        target: copying rows: duplicate key (SQLSTATE 23505); Key (id)=(1) already exists.; hint: try another
        """)
  }

  @Test(
    "tell trouble with the connection, which passes, from refusals, which don't",
    arguments: [
      Case("lost", error(.connectionLost), true),
      Case("no answer", error(.connectionFailed, message: "no answer from h:1"), true),
      Case("refused by the host", error(.connectionFailed, message: "Connection refused"), true),
      Case("wrong password", error(.connectionFailed, sqlState: "28P01"), false),
      Case("no such database", error(.connectionFailed, sqlState: "3D000"), false),
      Case("pg_hba", error(.connectionFailed, sqlState: "28000"), false),
      Case("may not connect", error(.connectionFailed, sqlState: "42501"), false),
      Case("too many connections at the start", error(.connectionFailed, sqlState: "53300"), true),
      Case("authentication took too long", error(.connectionFailed, sqlState: "57014"), true),
      Case("English words mean nothing", error(.connectionFailed, message: "does not exist"), true),
      Case("too many connections", error(sqlState: "53300"), true),
      Case("shutting down", error(sqlState: "57P01"), true),
      Case("crashed", error(sqlState: "57P02"), true),
      Case("starting up", error(.connectionFailed, sqlState: "57P03"), true),
      Case("class 08", error(sqlState: "08006"), true),
      Case("unique violation", error(sqlState: "23505"), false),
      Case("refused without SQLSTATE", error(), false),
      Case("cancelled", error(.cancelled, sqlState: "57P01"), false),
      Case("unexpected answer", error(.unexpectedAnswer), false),
    ])
  func connectionTrouble(_ row: Case<PostgresError, Bool>) {
    #expect(row.input.isConnectionTrouble == row.expected)
  }

  @Test(
    "that others' work caused are worth another try",
    arguments: [
      Case("serialization failure", "40001", true), Case("deadlock", "40P01", true),
      Case("lock not available", "55P03", true), Case("unique violation", "23505", false),
      Case("none", nil, false),
    ] as [Case<String?, Bool>])
  func transient(_ row: Case<String?, Bool>) {
    #expect(Self.error(sqlState: row.input).isTransient == row.expected)
  }
}
